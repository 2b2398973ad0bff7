"""An exported run in transformers: a Llama with the same logits, and the same text."""

from __future__ import annotations

from pathlib import Path

import torch

from cs336_core.inference import GREEDY, generate
from cs336_core.training.commands.cli import main
from cs336_core.training.runs import train
from cs336_core.training.runs.state import read_trained
from tests.model.reference import transformers
from tests.training.small import TEXT, TOKENIZER, small_config, small_corpus


def test_transformers_loads_an_exported_run_as_a_llama(tmp_path: Path) -> None:
    config = small_config(small_corpus(tmp_path), tmp_path / "run", learning_rate=0.01)
    for _ in train(config):
        pass
    assert main(["export", config.out, "-o", str(tmp_path / "model")]) == 0
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "model")
    assert type(theirs).__name__ == "LlamaForCausalLM"
    ours = read_trained(Path(config.out)).build_model()
    ids = TOKENIZER.encode(TEXT)[:8]
    batch = torch.tensor([ids, ids[::-1]])
    with torch.no_grad():
        torch.testing.assert_close(ours(batch), theirs(batch).logits, rtol=0, atol=1e-4)
    written = theirs.generate(torch.tensor([ids[:3]]), max_new_tokens=5, do_sample=False)
    assert written[0, 3:].tolist() == list(generate(ours, ids[:3], n_tokens=5, sampling=GREEDY))
