"""Trains the small model that pages run, in the background of a build, and packs its checkpoints.

    python -m book.builder.models          writes _build/models/ and _build/model_scripts/

A notebook reads a checkpoint as text; a page loads it as a script, since a page opened from disk
may not fetch. "small" is the trained model, "small-50" the model after 50 steps, and "small-run"
the losses of the run as JSON. The run is current while the modules that it imported are unchanged.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from book.builder.cache import digest
from cs336_core._shared.atomic import write_files
from tools.shell.console import step
from tools.shell.environment import REPEATABLE, environment
from tools.shell.errors import UserError
from tools.shell.paths import BUILD, CONSTRAINTS, LOGS, REQUIREMENTS_TEXTS, ROOT
from tools.shell.processes import ending, started
from tools.shell.stamps import read_stamp, remove_stamp, write_stamp

MODELS = BUILD / "models"
STATIC = BUILD / "model_scripts"  # becomes a part of the site's _static
SCRIPTS = STATIC / "widgets" / "models"
LOG = LOGS / "models.log"
COMMAND = [sys.executable, "-m", "book.builder.models"]
COMMON = [Path(__file__), CONSTRAINTS, REQUIREMENTS_TEXTS]  # what the stamp has under ""


@contextmanager
def training() -> Iterator[None]:
    """Train the model while the block runs, and wait for it, unless it is current.

    Raises `UserError`, with the end of the log, if training fails.
    """
    if is_current():
        yield
        return
    LOG.parent.mkdir(parents=True, exist_ok=True)
    env = {**environment(), **REPEATABLE}
    with LOG.open("wb") as log, started(COMMAND, env=env, cwd=ROOT, output=log) as child:
        yield
        with step("Training the small model"):
            code = child.wait()
    if code:
        tail = LOG.read_text("utf-8", errors="replace")[-2000:]
        raise UserError(f"The training of the small model {ending(code)}.", log=LOG, tail=tail)


def is_current() -> bool:
    """Whether the files were built from the sources as they are now."""
    stamp = read_stamp(MODELS)
    return bool(stamp) and SCRIPTS.is_dir() and stamp == _stamp(set(stamp) - {""})


def _stamp(modules: set[str]) -> dict[str, str]:
    """Return the digests of modules, by their paths from the project's folder."""
    common = digest([sys.version, *COMMON])
    return {"": common} | {name: digest([ROOT / name]) for name in sorted(modules)}


def _imported() -> set[str]:
    """Return the project's own modules that are imported, by their paths."""
    names = set()
    for module in list(sys.modules.values()):
        with suppress(AttributeError, ValueError):
            path = Path(str(module.__file__)).relative_to(ROOT)
            if path.parts[0] == "cs336_core":
                names.add(path.as_posix())
    return names


def write(packed: dict[str, str]) -> None:
    """Write each text as a file and as a script that assigns it."""
    for folder in (MODELS, SCRIPTS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    files = {}
    for name, text in packed.items():
        script = f"(globalThis.cs336Models ??= {{}})[{json.dumps(name)}] = {json.dumps(text)};\n"
        files[MODELS / f"{name}.txt"] = text.encode()
        files[SCRIPTS / f"{name}.js"] = script.encode()
    write_files(files)


def main() -> None:
    """Train the model and write its files."""
    # Imported here: the parent process only checks the stamp.
    import torch  # noqa: PLC0415

    from cs336_core.inference.packed import pack  # noqa: PLC0415
    from cs336_core.tokenization import BPETokenizer, train  # noqa: PLC0415
    from cs336_core.tokenization.formats.packed import pack as pack_vocabulary  # noqa: PLC0415
    from cs336_core.training import small_model  # noqa: PLC0415

    stamp = _stamp(_imported())
    remove_stamp(MODELS)
    torch.set_num_threads(1)  # the rest of the build runs meanwhile
    os.nice(1)  # and goes first, since the book waits for the lectures and not for the model
    texts = small_model.texts()
    vocab_size = small_model.CONFIG.vocab_size
    tokenizer = BPETokenizer(train(texts.values(), vocab_size, num_workers=1))
    tokens = {name: torch.tensor(tokenizer.encode(text)) for name, text in texts.items()}
    vocabulary = pack_vocabulary(tokenizer.params)
    packed: dict[str, str] = {}
    curve: list[dict[str, Any]] = []
    for now in small_model.train_small_model(tokens):
        losses = {"train": now.train_loss, **now.validation_losses}
        known = {name: round(loss, 4) for name, loss in losses.items() if not math.isnan(loss)}
        curve.append({"step": now.step, **known})
        print(curve[-1], flush=True)
        if now.step in small_model.CHECKPOINTS:
            about = {"vocabulary": vocabulary, "pattern": "gpt2", "step": now.step}
            name = "small" if now.step == small_model.N_STEPS else f"small-{now.step}"
            packed[name] = pack(now.model, about)
    run = {"checkpoints": small_model.CHECKPOINTS, "curve": curve}
    write({**packed, "small-run": json.dumps(run, separators=(",", ":"))})
    write_stamp(MODELS, stamp)


if __name__ == "__main__":
    main()
