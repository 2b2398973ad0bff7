"""`python -m cs336_core.accounting serve` and `mesh`, and the options that all commands share."""

from __future__ import annotations

import io
import json
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cs336_core.accounting import H100, count_parameters, training_state
from cs336_core.accounting.commands.cli import main
from cs336_core.accounting.lora import Lora, lora_flops_per_token
from cs336_core.accounting.machine_files import EXAMPLE
from cs336_core.accounting.parallel import StepPlan, best_meshes, chips_needed
from cs336_core.accounting.serving import Deployment, serve
from cs336_core.accounting.training_state import StateFormats
from cs336_core.accounting.units import flops_text
from cs336_core.model.presets import preset
from tests import command_lines
from tests.accounting.plans import LLAMA
from tests.accounting.test_cli import answered, written
from tests.command_lines import Output
from tests.model.test_hugging_face import LLAMA as LLAMA_FIELDS

failed = partial(command_lines.failed, main)
refused = partial(command_lines.refused, main)


# Serving


def test_serving(capsys: Output) -> None:
    output = written(capsys, "serve", "llama-3-8b", "--batch", "1", "32", "--price", "2")
    assert "llama-3-8b on 1 × H100 SXM: weights in bf16, cache in bf16" in output
    assert "prompts of 2,048 tokens, answers of 256" in output
    assert "first token" in output
    assert "prices are per million tokens" in output
    largest = Deployment(config=LLAMA, machine=H100).largest_batch(2304)
    assert f"largest batch that fits: {largest}\n" in output


def test_serving_agrees_with_the_package(capsys: Output) -> None:
    options = ["--weights", "int4", "--cache", "fp8", "--chips", "2", "--prompt", "100"]
    output = answered(capsys, "serve", "llama-3-8b", *options, "--answer", "50", "--batch", "3")
    served = Deployment(config=LLAMA, machine=H100, n_chips=2, weights="int4", cache="fp8")
    (point,) = output["points"]
    expected = serve(served, 100, 50, 3)
    assert point["per_token"] == expected.per_token
    assert point["tokens_per_second"] == expected.tokens_per_second
    assert output["deployment"]["weights"] == "int4"


def test_serving_with_a_draft(capsys: Output) -> None:
    options = ["llama-3-70b", "--chips", "4", "--draft", "llama-3-8b", "--acceptance", "0.8"]
    draft = answered(capsys, "serve", *options)["draft"]
    assert draft["speedup"] > 1
    assert draft["tokens"] >= 1
    assert "times as fast for one request" in written(capsys, "serve", *options)


def test_serving_in_markdown(capsys: Output) -> None:
    lines = written(capsys, "serve", "llama-3-8b", "--format", "markdown").splitlines()
    assert lines[:2] == [
        "| batch | first token | per token | tokens/s | memory | fits |",
        "|--:|--:|--:|--:|--:|--:|",
    ]


# Meshes


def test_a_mesh(capsys: Output) -> None:
    options = ["mesh", "llama-3-8b", "--chips", "8", "--batch", "64"]
    output = written(capsys, *options, "--train-tokens", "1e12")
    assert "llama-3-8b on 8 × H100 SXM" in output
    assert "data 8, ZeRO-3" in output
    rejected = written(capsys, *options[:2], "--chips", "24", "--batch", "96", "--rejected")
    assert "must divide" in rejected
    assert "1 T tokens: " in output
    assert "chip hours" in output
    first = answered(capsys, *options)["meshes"][0]
    best = best_meshes(StepPlan(config=LLAMA, seq_len=8192, batch=64), H100, 8)[0]
    assert best.time is not None
    assert first["time"]["seconds"] == best.time.seconds
    assert first["mesh"]["data"] == best.mesh.data


def test_a_mesh_for_adapters(capsys: Output) -> None:
    options = ["mesh", "llama-3-70b", "--chips", "2", "--batch", "16", "--seq-len", "2048"]
    assert "no mesh of 2 × H100 SXM works" in failed(options, capsys)
    output = written(capsys, *options, "--weights", "nf4-double", "--lora", "16")
    assert "adapters of rank 16, weights in nf4-double" in output
    assert "6 of 6 meshes work" in output


def test_how_many_chips(capsys: Output) -> None:
    options = ["mesh", "llama-3-8b", "--batch", "128", "--seq-len", "4096"]
    plan = StepPlan(config=preset("llama-3-8b"), seq_len=4096, batch=128)
    n_chips = chips_needed(plan, H100).mesh.n_chips
    assert f"llama-3-8b on at least {n_chips} × H100 SXM" in written(capsys, *options)
    more = answered(capsys, *options, "--max-seconds", "5", "--efficiency", "0.6")["meshes"][0]
    assert more["time"]["seconds"] <= 5
    assert more["mesh"]["data"] * more["mesh"]["tensor"] >= 1


def test_meshes_in_markdown(capsys: Output) -> None:
    options = ["mesh", "gpt2-small", "--chips", "4", "--top", "2", "--format", "markdown"]
    lines = written(capsys, *options).splitlines()
    assert lines[0].startswith("| mesh | micro | recompute |")
    assert len(lines) == 2 + 2
    assert lines[2].startswith("| data 4")


# Options of all commands


def test_a_machine_of_ones_own(capsys: Output, tmp_path: Path) -> None:
    path = tmp_path / "gpu.json"
    path.write_text(EXAMPLE, "utf-8")
    for command in ([], ["serve"], ["mesh"]):
        options = ["--chips", "1", "--seq-len", "512"] if command == ["mesh"] else []
        output = written(capsys, *command, "gpt2-small", *options, "--machine", str(path))
        assert "My GPU" in output
    path.write_text("{}", "utf-8")
    assert "name is missing" in failed(["gpt2-small", "--machine", str(path)], capsys)


@pytest.mark.parametrize("command", [[], ["serve"], ["mesh", "--chips", "8"]])
def test_a_config_from_a_folder_or_standard_input(
    command: list[str], capsys: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(LLAMA_FIELDS)
    (tmp_path / "config.json").write_text(text, "utf-8")
    by_name = answered(capsys, *command, "llama-3-8b")
    del by_name["model"]
    for source in (str(tmp_path), "-"):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
        from_file = answered(capsys, *command, "--config", source)
        assert from_file.pop("model") == ("standard input" if source == "-" else source)
        assert sizes(from_file) == sizes(by_name)


def sizes(answer: dict[str, Any]) -> Any:
    """Return what a report says, without the configuration, which may name other details."""
    return {key: value for key, value in answer.items() if key not in ("workload", "deployment")}


def test_standard_input_that_is_no_config(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"{")))
    message = failed(["--config", "-"], capsys)
    assert "standard input is not valid JSON" in message
    assert "tmp" not in message


def test_the_training_state(capsys: Output) -> None:
    options = ["llama-3-8b", "--work", "training", "--seq-len", "2048", "--lora", "16"]
    output = answered(capsys, *options, "--weights", "nf4-double")
    formats = StateFormats(weights="nf4-double", lora=Lora(16))
    state = training_state(LLAMA, formats)
    assert sum(output["training"].values()) == state.total
    assert output["fits"]
    assert output["largest_batch"] > 1
    flops = flops_text(lora_flops_per_token(LLAMA, 2048, Lora(16)))
    assert f"training them takes {flops} per token" in written(capsys, *options)
    adam, small = (
        answered(capsys, *options[:5], "--optimizer", name)["training"]["optimizer"]
        for name in ("adamw", "adafactor")
    )
    assert adam == 8 * count_parameters(LLAMA).total > 100 * small
    textbook, real = (
        answered(capsys, *options[:5], "--implementation", name)["activations"]["norms"]
        for name in ("textbook", "transformers")
    )
    assert real == 3 * textbook


def test_help_teaches(capsys: Output) -> None:
    for command in ([], ["serve"], ["mesh"]):
        with pytest.raises(SystemExit, match="0"):
            main([*command, "--help"])
        text = capsys.readouterr().out
        assert "examples:" in text
        assert "lower bounds" in text


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["serve", "llama-3-8b", "--batch", "0"], "batch is 0"),
        (["serve", "llama-3-8b", "--prompt", "-1"], "prompt is -1"),
        (["serve", "llama-3-8b", "--weights", "int3"], "unknown format 'int3'; did you mean int4"),
        (["serve", "llama-3-8b", "--chips", "3"], "n_chips is 3; it must divide the 32 heads"),
        (["serve", "llama-3-8b", "--price", "nan"], "price_per_hour is nan"),
        (
            ["serve", "llama-3-8b", "--draft", "gpt2-small", "--acceptance", "2", "--prompt", "9"],
            "acceptance is 2.0",
        ),
        (["mesh", "llama-3-8b", "--chips", "0"], "n_chips is 0"),
        (["mesh", "llama-3-8b", "--chips", "1"], "no mesh of 1 × H100 SXM works; the closest, one"),
        (["mesh", "llama-3-8b", "--efficiency", "10.11"], "efficiency is 10.11"),
        (["mesh", "llama-3-8b", "--chips", "8", "--top", "-1"], "top is -1"),
        (["mesh", "gpt2-small", "--train-tokens", "-5"], "train-tokens is -5"),
        (["mesh", "gpt2-small", "--max-seconds", "-5"], "max_seconds is -5"),
        (["gpt2-small", "--work", "training", "--lora", "0"], "rank is 0"),
        (
            ["gpt2-small", "--work", "training", "--weights", "nf4"],
            "weights of fewer than 8 bits are frozen",
        ),
    ],
)
def test_invalid_input_is_one_line_on_stderr(argv: list[str], message: str, capsys: Output) -> None:
    assert message in failed(argv, capsys)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["serve"], "give the name of a model"),
        (["mesh", "llama-3-8b", "--config", "x"], "give the name of a model"),
        (["serve", "llama-3-8b", "--draft", "gpt2-small"], "need each other"),
        (["serve", "x", "--hardware", "h100", "--machine", "f"], "--hardware or --machine, not"),
        (["gpt2-small", "--lora", "4"], "need --work training"),
        (["gpt2-small", "--implementation", "transformers"], "need --work training"),
    ],
)
def test_invalid_options_exit_with_2(argv: list[str], message: str, capsys: Output) -> None:
    assert message in refused(argv, capsys)
