"""`python -m cs336_core.training`: from text to a sample, and one sentence for what goes wrong."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from functools import partial
from pathlib import Path

import pytest
import torch

from cs336_core.model.hugging_face.pretrained import load_pretrained
from cs336_core.tokenization import load
from cs336_core.training.commands.cli import main, parser
from cs336_core.training.runs import train
from cs336_core.training.runs.config import read_config
from cs336_core.training.runs.state import read_trained
from tests import command_lines
from tests.command_lines import Output
from tests.training.small import MODEL, TEXT, TOKENIZER, logged, small_config, small_corpus

failed, refused = partial(command_lines.failed, main), partial(command_lines.refused, main)
SMALL = [
    *(x for name, size in MODEL.items() for x in (f"--{name.replace('_', '-')}", str(size))),
    *("--n-steps", "6", "--batch-size", "4", "--eval-every", "3", "--learning-rate", "0.01"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a corpus and a finished run."""
    folder = tmp_path_factory.mktemp("work")
    data = small_corpus(folder)
    assert main(["train", "--data", data, "-o", str(folder / "run"), *SMALL]) == 0
    return folder


def test_prepare_trains_a_tokenizer(tmp_path: Path, capsys: Output) -> None:
    text = tmp_path / "corpus.txt"
    text.write_text(TEXT * 9)
    data = str(tmp_path / "data")
    assert main(["prepare", str(text), "--vocab-size", "270", "-o", data]) == 0
    assert "tokens of 270 kinds" in capsys.readouterr().out
    again = str(tmp_path / "again")
    assert main(["prepare", str(text), "--tokenizer", data, "-o", again, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["vocab_size"] == 270
    assert (tmp_path / "again/tokens.bin").read_bytes() == (
        tmp_path / "data/tokens.bin"
    ).read_bytes()


def test_a_tokenizer_with_fewer_merges_is_one_warning(tmp_path: Path, capsys: Output) -> None:
    text = tmp_path / "corpus.txt"
    text.write_text("ab" * 40)
    assert main(["prepare", str(text), "--vocab-size", "999", "-o", str(tmp_path / "data")]) == 0
    *_, warning = capsys.readouterr().err.strip().splitlines()
    assert warning.startswith("warning: training ended after ")
    assert "merges: no pair is left to merge" in warning


def test_train_reports_and_logs(folder: Path, capsys: Output) -> None:
    out = folder / "told"
    assert main(["train", "--data", str(folder / "data"), "-o", str(out), *SMALL]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "6 steps of 32 tokens" in lines[0]
    assert lines[2].startswith("step 3 of 6: training loss ")
    assert lines[-1].startswith("finished after step 6: ")
    assert [step["step"] for step in logged(out)] == [1, 2, 3, 4, 5, 6]


def test_json_has_every_event(folder: Path, capsys: Output) -> None:
    out = str(folder / "json")
    assert main(["train", "--data", str(folder / "data"), "-o", out, "--json", *SMALL]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds[:3] == ["started", "saved", "step"]
    assert kinds[-3:] == ["evaluation", "saved", "finished"]
    assert kinds.count("step") == 6
    finished = events[-1]
    assert 0 < finished["mfu"] < 1
    assert finished["tokens_per_second"] > 0


def test_options_replace_fields_of_the_file(folder: Path, capsys: Output) -> None:
    path = folder / "run.toml"
    sizes = "".join(f"{name} = {size}\n" for name, size in MODEL.items())
    path.write_text(f'data = "{folder}/data"\nout = "unused"\nn_steps = 2\n[model]\n{sizes}')
    out = folder / "from-file"
    options = ["--n-steps", "1", "--set", "model.tied_embeddings=true", "betas=[0.8,0.9]"]
    assert main(["train", "--config", str(path), "-o", str(out), *options]) == 0
    described = json.loads((out / "checkpoint" / "config.json").read_text())
    assert described["training"]["n_steps"] == 1
    assert described["training"]["betas"] == [0.8, 0.9]
    assert described["model"]["tied_embeddings"] is True
    assert read_config(path).n_steps == 2


def test_resume_evaluate_and_sample(folder: Path, capsys: Output) -> None:
    run = str(folder / "run")
    assert main(["resume", run]) == 0
    assert "step 6 was the last already" in capsys.readouterr().out
    assert main(["evaluate", run, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["step"] == 6
    assert found["loss"] == pytest.approx(logged(folder / "run", "evaluation")[-1]["loss"])
    sample = ["sample", run, "--prompt", "the ", "--n-tokens", "12", "--seed", "3"]
    assert main(sample) == 0
    text = capsys.readouterr().out
    assert text.startswith("the ")
    assert main([*sample, "--json"]) == 0
    assert "the " + json.loads(capsys.readouterr().out)["text"] + "\n" == text


def test_finetune_learns_the_responses(folder: Path, capsys: Output) -> None:
    pairs = folder / "pairs.jsonl"
    pairs.write_text('{"prompt": "the", "response": " z"}\n' * 20)
    out = str(folder / "fine")
    options = ["--n-steps", "80", "--learning-rate", "0.01", "--batch-size", "4", "--warmup", "0"]
    arguments = ["finetune", str(folder / "run"), "--data", str(pairs), "-o", out, *options]
    assert main(arguments) == 0
    losses = [step["loss"] for step in logged(folder / "fine")]
    assert losses[0] > 3
    assert losses[-1] < 0.3
    capsys.readouterr()
    assert main(["sample", out, "--prompt", "the", "--temperature", "0"]) == 0
    assert capsys.readouterr().out == "the z\n"
    assert main(["evaluate", out]) == 0
    assert "on 6 tokens: loss 0." in capsys.readouterr().out  # two responses of three tokens


def test_an_exported_model_has_the_same_logits(
    folder: Path, tmp_path: Path, capsys: Output
) -> None:
    out = tmp_path / "model"
    assert main(["export", str(folder / "run"), "-o", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}: config.json, model.safetensors, tokenizer.json\n"
    ids = torch.tensor([[116, 104, 101]])
    ours = read_trained(folder / "run").build_model()
    torch.testing.assert_close(load_pretrained(out)(ids), ours(ids))
    assert load(out) == TOKENIZER
    assert "exists already" in failed(["export", str(folder / "run"), "-o", str(out)], capsys)


def test_ctrl_c_saves_the_step(folder: Path, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "run"

    def interrupt_at_step_3() -> None:
        while not (out / "log.jsonl").exists() or len(logged(out)) < 3:
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt_at_step_3)
    thread.start()
    options = [*SMALL, "--n-steps", "100000", "--save-every", "100000"]
    assert main(["train", "--data", str(folder / "data"), "-o", str(out), *options]) == 130
    thread.join()
    assert f"continue with: resume {out}" in capsys.readouterr().out
    described = json.loads((out / "checkpoint" / "config.json").read_text())
    assert described["step"] == logged(out)[-1]["step"] >= 3


def test_early_stopping(folder: Path, tmp_path: Path) -> None:
    # Longer training memorizes the text, so the validation loss would rise; here it stays the same.
    config = small_config(
        str(folder / "data"), tmp_path / "run", patience=2, n_steps=50, learning_rate=1e-12
    )
    finished = list(train(config))[-1]
    assert finished.is_early  # type: ignore[union-attr]
    assert finished.step < 50  # type: ignore[union-attr]


def test_a_diverging_run_shows_its_checkpoint(folder: Path, capsys: Output) -> None:
    out = folder / "diverged"
    options = ["--optimizer", "sgd", "--learning-rate", "1e5", "--max-norm", "1e9"]
    arguments = ["train", "--data", str(folder / "data"), "-o", str(out), *SMALL, *options]
    error = failed(arguments, capsys)
    assert "training diverged at step" in error
    assert "gradient norm" in error
    assert f"The checkpoint of step 0 is in {out}" in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--data", "nowhere", "-o", "out"], "nowhere has no dataset.json"),
        (["train", "--data", "DATA", "-o", "RUN"], "has a run already"),
        (["train", "--data", "DATA", "-o", "out", "--context-length", "10000"], "has 631 tokens"),
        (["train", "--data", "x.jsonl", "-o", "out"], "pass start_from"),
        (["train", "--data", "DATA", "-o", "out", "--n-heads", "3"], "not divisible by n_heads"),
        (["train", "--data", "DATA", "-o", "out", "--n-steps", "0"], "n_steps is 0"),
        (["train", "--data", "DATA", "-o", "out", "--device", "abacus"], "device is 'abacus'"),
        (["train", "--data", "DATA", "-o", "out", "--set", "n_step=3"], "did you mean n_steps"),
        (["train", "--data", "DATA", "-o", "out", "--set", "out=run"], "is not FIELD=VALUE"),
        (["train", "--data", "DATA", "-o", "out", "--set", "model.width=3"], "model field 'width'"),
        (["train", "--data", "DATA", "-o", "out", "--machine", "h110"], "did you mean h100"),
        (["resume", "nowhere"], "there is no checkpoint to continue from"),
        (["resume", "RUN", "--n-steps", "2"], "is at step 6 already"),
        (["sample", "RUN", "--prompt", "a", "--temperature", "-1"], "temperature is -1"),
        (["sample", "RUN", "--prompt", "a", "--top-p", "0"], "top_p is 0"),
        (["sample", "RUN", "--prompt", ""], "the prompt is empty"),
        (["sample", "RUN", "--prompt", "a", "--seed", "9" * 30], "seed is 999"),
        (["prepare", "nowhere.txt", "--vocab-size", "300", "-o", "DATA"], "data exists already"),
        (
            ["prepare", "nowhere.txt", "--vocab-size", "300", "-o", "out", "--validation", "1"],
            "validation is 1.0",
        ),
        (["prepare", "nowhere.txt", "--tokenizer", "gpt3x", "-o", "out"], "gpt3x"),
        (["prepare", "nowhere.txt", "--vocab-size", "300", "-o", "out"], "nowhere.txt"),
        (["prepare", "EMPTY", "--tokenizer", "DATA", "-o", "out"], "the corpus is empty"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").touch()
    names = {"DATA": folder / "data", "RUN": folder / "run", "EMPTY": tmp_path / "empty.txt"}
    given = [str(names.get(argument, argument)) for argument in arguments]
    assert message in failed(given, capsys)
    assert not (tmp_path / "out").exists()


def test_a_run_that_is_resumed_elsewhere_misses_its_data(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(folder)
    assert main(["train", "--data", "data", "-o", str(tmp_path / "run"), *SMALL]) == 0
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    error = failed(["resume", "run", "--n-steps", "8"], capsys)
    assert (
        f"the data of the run, data, does not exist, from the current folder, {tmp_path}" in error
    )


def test_missing_options_are_usage_errors(capsys: Output) -> None:
    assert "pass --data, or" in refused(["train", "-o", "x"], capsys)
    assert "one of the arguments --tokenizer --vocab-size" in refused(
        ["prepare", "x", "-o", "y"], capsys
    )


def test_files_that_are_not_configurations_are_refused(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "run.toml"
    for contents, message in [
        ("n_steps = ", "is not TOML"),
        ("n_steps = 3", "data is missing"),
        ('data = 3\nout = "x"', "data is 3, of the wrong type"),
        ('data = "x"\nout = "y"\nlearning_rate = "fast"', "learning_rate is 'fast'"),
    ]:
        path.write_text(contents)
        assert message in failed(["train", "--config", str(path)], capsys)


def test_help_shows_every_command(capsys: Output) -> None:
    commands = ("prepare", "train", "resume", "evaluate", "sample", "finetune", "export")
    for command in commands:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert "example" in capsys.readouterr().out
        assert f"  {command} " in parser().format_help()
