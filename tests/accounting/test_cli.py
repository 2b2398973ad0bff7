"""`python -m cs336_core.accounting`: output and errors."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cs336_core.accounting import (
    Conventions,
    FlopRow,
    as_dicts,
    count_flops,
    decode,
    latex_table,
    machine,
    markdown_table,
    total_flops,
)
from cs336_core.accounting.commands.cli import main
from cs336_core.model.presets import preset, preset_names, preset_note
from tests import command_lines
from tests.command_lines import Output
from tests.model.test_hugging_face import DEEPSEEK, LLAMA

failed = partial(command_lines.failed, main)
refused = partial(command_lines.refused, main)
LLAMA_3 = preset("llama-3-8b")


def written(capsys: Output, *argv: str) -> str:
    assert main(argv) == 0
    output = capsys.readouterr()
    assert output.err == ""
    return output.out


def answered(capsys: Output, *argv: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(written(capsys, *argv, "--format", "json"))
    return answer


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(LLAMA), "utf-8")
    return path


def test_text_report(capsys: Output) -> None:
    output = written(capsys, "llama-3-8b", "--seq-len", "8192", "--hardware", "h100")
    assert "llama-3-8b: 8.03 B parameters (8,030,261,248)" in output
    assert "forward: 1 × 8,192 tokens, all pairs" in output
    assert "MLP up      32 × 8192 × 4096 × 14336         30.8 TFLOPs   19.5 %      1.88 B" in output
    assert "projections 13.9 %, scores 22.2 %, mlp 58.4 %, head 5.4 %" in output
    assert "weights 15 GiB, KV cache 1 GiB (128 KiB per token)" in output
    assert "compute-bound" in output
    assert "training run" not in output


@pytest.mark.parametrize("name", preset_names())
def test_every_model_has_a_report(name: str, capsys: Output) -> None:
    note = preset_note(name)
    for options, message in (
        ([], f"{name}: "),
        (["--decode"], "after"),
        (["--work", "training", "--elementwise"], name),
    ):
        assert main([name, *options]) == 0
        output = capsys.readouterr()
        assert message in output.out
        assert "nan" not in output.out
        assert output.err == ("" if note is None else f"note: {name}: {note}\n")


def test_presets_that_differ_from_their_papers_have_notes() -> None:
    noted = {name for name in preset_names() if preset_note(name)}
    assert noted == {"gpt3-xl", "gpt3-13b"}
    assert "1,315,723,264" in (preset_note("gpt3-xl") or "")


def test_the_command_agrees_with_the_package(capsys: Output) -> None:
    output = answered(capsys, "llama-3-8b", "--batch", "3", "--seq-len", "100")
    rows = count_flops(LLAMA_3, 3, 100)
    assert output["rows"] == as_dicts(rows)
    assert output["flops"] == total_flops(rows)
    assert output["parameters"]["total"] == 8_030_261_248
    assert output["workload"]["config"]["n_kv_heads"] == 8


@pytest.mark.parametrize(
    ("options", "conventions"),
    [
        (["--unit", "MAC"], Conventions(unit="MAC")),
        (["--pairs", "attended"], Conventions(pairs="attended")),
        (["--no-head"], Conventions(head=False)),
        (
            ["--elementwise", "--plain-attention"],
            Conventions(elementwise=True, fused_attention=False),
        ),
        (["--work", "backward"], Conventions(work="backward")),
        (
            ["--work", "training", "--recompute", "selective"],
            Conventions(work="training", recompute="selective"),
        ),
    ],
)
def test_conventions(options: list[str], conventions: Conventions, capsys: Output) -> None:
    answer = answered(capsys, "llama-3-8b", "--seq-len", "64", *options)
    assert answer["rows"] == as_dicts(count_flops(LLAMA_3, 1, 64, conventions))
    assert answer["workload"]["conventions"] == asdict(conventions)


def test_precision_and_cache(capsys: Output) -> None:
    options = ["--seq-len", "64", "--cached", "7", "--precision", "fp8"]
    rows = count_flops(LLAMA_3, 1, 64, cached=7, bytes_per_value=1)
    assert answered(capsys, "llama-3-8b", *options)["rows"] == as_dicts(rows)


def test_decoding(capsys: Output) -> None:
    output = answered(capsys, "llama-2-13b", "--decode", "--cached", "1024", "--batch", "64")
    step = decode(preset("llama-2-13b"), 64, 1024, machine("h100"))
    assert output["roofline"]["seconds"] == step.seconds
    assert round(output["tokens_per_second"]) == 2701
    assert output["memory"] == step.memory_bytes
    assert output["rows"] == as_dicts(count_flops(preset("llama-2-13b"), 64, 1, cached=1024))
    assert answered(capsys, "gpt2-small", "--decode")["workload"]["cached"] == 1023


def test_training(capsys: Output) -> None:
    output = answered(
        capsys, "llama-3-8b", "--work", "training", "--train-tokens", "15e12", "--machines", "1024",
        "--mfu", "0.5", "--price", "2",
    )  # fmt: skip
    assert output["training"]["optimizer"] == 8 * 8_030_261_248
    assert not output["fits"]
    assert output["memory"] == sum(output["training"].values()) + sum(
        output["activations"].values()
    )
    run = output["run"]
    assert run["cost"] == 2 * run["machine_hours"]
    text = written(capsys, "llama-3-8b", "--work", "training", "--train-tokens", "15e12")
    assert "training run: 869 ZFLOPs, 69.6 years, 610 K machine hours\n" in text
    assert "optimizer 59.8 GiB" in text


@pytest.mark.parametrize("work", ["forward", "training"])
def test_times_do_not_depend_on_conventions(work: str, capsys: Output) -> None:
    def seconds(*options: str) -> float:
        output = answered(capsys, "llama-3-8b", "--work", work, *options)
        found: float = output["roofline"]["seconds"]
        return found

    for options in (["--pairs", "attended"], ["--unit", "MAC"], ["--elementwise"]):
        assert seconds(*options) == seconds()
    assert seconds("--no-head") < seconds()


def test_training_takes_three_times_a_forward_pass(capsys: Output) -> None:
    once, thrice = (
        answered(capsys, "llama-3-8b", "--no-head", "--work", work)["roofline"]["seconds"]
        for work in ("forward", "training")
    )
    assert thrice == pytest.approx(3 * once)


def test_a_training_run_without_a_head(capsys: Output) -> None:
    run, without = (
        answered(capsys, "llama-3-8b", "--train-tokens", "1e12", *options)["run"]
        for options in ([], ["--no-head"])
    )
    head = 3 * 2 * 1e12 * 4096 * 128_256
    assert run["flops"] - without["flops"] == pytest.approx(head)


def test_tables(capsys: Output) -> None:
    rows = count_flops(preset("gpt2-small"), 1, 1024)
    assert written(capsys, "gpt2-small", "--format", "markdown") == markdown_table(rows) + "\n"
    assert written(capsys, "gpt2-small", "--format", "latex") == latex_table(rows) + "\n"
    output = list(csv.DictReader(io.StringIO(written(capsys, "gpt2-small", "--format", "csv"))))
    assert [line["operation"] for line in output] == [row.operation for row in rows]
    assert sum(int(line["flops"]) for line in output) == total_flops(rows)
    assert set(output[0]) == set(FlopRow.__dataclass_fields__)


def test_a_hugging_face_file(config_file: Path, capsys: Output) -> None:
    output = answered(capsys, "--config", str(config_file), "--seq-len", "16")
    assert output["rows"] == as_dicts(count_flops(LLAMA_3, 1, 16))
    assert output["model"] == str(config_file)
    config_file.write_text(json.dumps(LLAMA | {"odd": 1}), "utf-8")
    assert "'odd'" in failed(["--config", str(config_file)], capsys)
    assert answered(capsys, "--config", str(config_file), "--ignore", "odd", "--seq-len", "16")
    assert main(["--config", str(config_file), "--ignore-unknown", "--seq-len", "16"]) == 0
    assert capsys.readouterr().err == "note: unknown fields, ignored: 'odd'\n"
    config_file.write_text(json.dumps(DEEPSEEK), "utf-8")
    assert main(["--config", str(config_file)]) == 0
    notes = capsys.readouterr().err.splitlines()
    assert [note.split(":")[:2] for note in notes] == [
        ["note", " num_nextn_predict_layers"],
        ["note", " quantization_config"],
    ]


def test_list_of_models_and_machines(capsys: Output) -> None:
    output = written(capsys, "--list")
    assert all(name in output for name in ("llama-3.1-405b", "  406 B", "rtx-4090", "RTX 4090"))


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["llama-3-9b"], "unknown preset 'llama-3-9b'; did you mean llama-3-8b"),
        (["llama-3-8b", "--hardware", "h1000"], "unknown machine 'h1000'; did you mean h100"),
        (["llama-3-8b", "--hardware", "t4"], "T4 does not support bf16; it has fp16, fp32"),
        (["llama-3-8b", "--hardware", "cpu"], "server CPU does not support bf16; it has fp32"),
        (["llama-3-8b", "--seq-len", "0"], "seq_len is 0; it must be a whole number from 1"),
        (["llama-3-8b", "--batch", "-1"], "batch is -1"),
        (["llama-3-8b", "--batch", "9" * 99], "batch is a number of about 99 digits"),
        (["llama-3-8b", "--cached", "-1"], "cached is -1"),
        (["gpt2-small", "--seq-len", "2000"], "the model has a table of 1024 positions"),
        (["gpt2-small", "--recompute", "full"], "only a backward pass recomputes"),
        (["gpt2-small", "--unit", "MAC", "--elementwise"], "pass unit='FLOP'"),
        (
            ["llama-3-8b", "--work", "training", "--cached", "5"],
            "cached is 5 and work is 'training'; training has no cache",
        ),
        (["gpt2-small", "--train-tokens", "1e9", "--mfu", "2"], "mfu is 2.0"),
        (["gpt2-small", "--train-tokens", "1e9", "--mfu", "nan"], "mfu is nan"),
        (["gpt2-small", "--train-tokens", "1e9", "--machines", "0"], "n_machines is 0"),
        (["gpt2-small", "--train-tokens", "1e9", "--price", "-2"], "price_per_hour is -2.0"),
        (["gpt2-small", "--train-tokens", "inf"], "train-tokens is inf"),
        (["gpt2-small", "--train-tokens", "0"], "train-tokens is 0.0"),
        (["--config", "no/such/config.json"], "no/such/config.json: No such file"),
    ],
)
def test_invalid_input_is_one_line_on_stderr(argv: list[str], message: str, capsys: Output) -> None:
    assert message in failed(argv, capsys)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "give the name of a model (see --list) or a file"),
        (["gpt2-small", "--config", "config.json"], "give the name of a model (see --list)"),
        (["gpt2-small", "--ignore", "odd"], "--ignore and --ignore-unknown need --config"),
        (["gpt2-small", "--ignore-unknown"], "--ignore and --ignore-unknown need --config"),
        (
            ["gpt2-small", "--decode", "--seq-len", "5"],
            "--decode is a forward pass of one new token",
        ),
        (
            ["gpt2-small", "--decode", "--work", "training"],
            "--decode is a forward pass of one new token",
        ),
        (["gpt2-small", "--mfu", "0.5"], "need --train-tokens"),
        (["gpt2-small", "--unit", "flop"], "invalid choice: 'flop'"),
        (["gpt2-small", "--precision", "int4"], "invalid choice: 'int4'"),
        (["gpt2-small", "--batch", "two"], "invalid int value: 'two'"),
        (["gpt2-small", "--batches", "2"], "unrecognized arguments: --batches"),
    ],
)
def test_invalid_options_exit_with_2(argv: list[str], message: str, capsys: Output) -> None:
    assert message in refused(argv, capsys)


def test_it_runs_as_a_program() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "cs336_core.accounting", "llama-3-8b", "--format", "markdown"],
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert run.stdout.startswith("| operation | dimensions |")
