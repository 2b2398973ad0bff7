"""Data for training: token files, shuffled batches, packed examples."""

from cs336_core.training.data.dataset import TokenDataset, open_dataset
from cs336_core.training.data.examples import Example, encode_example, read_examples
from cs336_core.training.data.packing import ExampleBatches, pack
from cs336_core.training.data.prepare import prepare
from cs336_core.training.data.shuffled import ShuffledBatches

__all__ = [
    "Example",
    "ExampleBatches",
    "ShuffledBatches",
    "TokenDataset",
    "encode_example",
    "open_dataset",
    "pack",
    "prepare",
    "read_examples",
]
