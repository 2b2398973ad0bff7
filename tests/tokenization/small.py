"""A tokenizer and a corpus small enough for tests."""

from __future__ import annotations

from cs336_core.tokenization import BPEParams
from cs336_core.tokenization.pretokenization.patterns import CL100K

PARAMS = BPEParams.trained([(b"t", b"h"), (b"th", b"e"), (b" ", b"the")], ["<|end|>"], CL100K)
# Words with their counts, as in Sennrich et al. (2016, figure 1)
PAPER = {"low": 5, "lower": 2, "widest": 3, "newest": 6}
