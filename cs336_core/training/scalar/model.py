"""The model: from a token, its position and what came before, to a score for each next token."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from cs336_core.training.scalar.value import Value, dot, total

Vector = Sequence[Value]
Matrix = list[list[Value]]  # rows of columns: an output per row
_EPS = 1e-5


@dataclass(frozen=True)
class Sizes:
    """The sizes of a model; `n_heads` divides `d_model`."""

    vocab_size: int
    context_length: int = 16
    n_layers: int = 1
    d_model: int = 16
    n_heads: int = 4


class Block:
    """The parameters of one block: four matrices of attention and two of the MLP."""

    def __init__(self, d_model: int, rng: random.Random) -> None:
        self.query, self.key, self.value, self.output = (
            random_matrix(d_model, d_model, rng) for _ in range(4)
        )
        self.up = random_matrix(4 * d_model, d_model, rng)
        self.down = random_matrix(d_model, 4 * d_model, rng)

    def matrices(self) -> list[Matrix]:
        """Return all matrices."""
        return [self.query, self.key, self.value, self.output, self.up, self.down]


class GPT:
    """A decoder-only Transformer, which reads one token at a time.

    >>> model = GPT(Sizes(vocab_size=5, d_model=8, n_heads=2), random.Random(0))
    >>> len(model.parameters())
    976
    >>> memory = model.new_memory()
    >>> logits = [model.read(token, memory) for token in (4, 0, 2)]
    >>> len(logits), len(logits[0]), len(memory[0].keys)
    (3, 5, 3)
    """

    def __init__(self, sizes: Sizes, rng: random.Random) -> None:
        self.sizes = sizes
        self.token_embedding = random_matrix(sizes.vocab_size, sizes.d_model, rng)
        self.position_embedding = random_matrix(sizes.context_length, sizes.d_model, rng)
        self.blocks = [Block(sizes.d_model, rng) for _ in range(sizes.n_layers)]
        self.head = random_matrix(sizes.vocab_size, sizes.d_model, rng)

    def parameters(self) -> list[Value]:
        """Return every number that training changes."""
        matrices = [self.token_embedding, self.position_embedding]
        matrices += [matrix for block in self.blocks for matrix in block.matrices()]
        return [x for matrix in [*matrices, self.head] for row in matrix for x in row]

    def new_memory(self) -> list[Memory]:
        """Return an empty memory per block."""
        return [Memory([], []) for _ in self.blocks]

    def read(self, token: int, memory: list[Memory]) -> list[Value]:
        """Return the logits of the token after `token`, and remember it."""
        position = len(memory[0].keys)
        x = add(self.token_embedding[token], self.position_embedding[position])
        for block, remembered in zip(self.blocks, memory, strict=True):
            x = add(x, self._attend(block, normalized(x), remembered))
            hidden = [value.relu() for value in multiply(block.up, normalized(x))]
            x = add(x, multiply(block.down, hidden))
        return multiply(self.head, normalized(x))

    def _attend(self, block: Block, x: Vector, memory: Memory) -> Vector:
        """Look at every token so far, and take from each as much as its score says."""
        query = multiply(block.query, x)
        memory.keys.append(multiply(block.key, x))
        memory.values.append(multiply(block.value, x))
        width = self.sizes.d_model // self.sizes.n_heads
        taken: list[Value] = []
        for start in range(0, self.sizes.d_model, width):
            head = slice(start, start + width)
            scores = [dot(query[head], key[head]) * width**-0.5 for key in memory.keys]
            weights = softmax(scores)
            taken += [
                dot(weights, [value[column] for value in memory.values])
                for column in range(start, start + width)
            ]
        return multiply(block.output, taken)


@dataclass
class Memory:
    """The keys and values of the tokens that a block has read: a KV cache."""

    keys: list[Vector]
    values: list[Vector]


def random_matrix(n_rows: int, n_columns: int, rng: random.Random) -> Matrix:
    """Return a matrix of small random numbers."""
    return [[Value(rng.gauss(0, 0.08)) for _ in range(n_columns)] for _ in range(n_rows)]


def multiply(matrix: Matrix, x: Vector) -> list[Value]:
    """Return the product of a matrix and a vector: a dot product per row."""
    return [dot(row, x) for row in matrix]


def add(x: Vector, y: Vector) -> list[Value]:
    """Return the sum of two vectors: the residual connection."""
    return [a + b for a, b in zip(x, y, strict=True)]


def normalized(x: Vector) -> list[Value]:
    """Return x divided by the root of its mean square (RMSNorm without gains).

    >>> [round(value.data, 3) for value in normalized([Value(3.0), Value(4.0)])]
    [0.849, 1.131]
    """
    scale = (dot(x, x) * (1 / len(x)) + _EPS) ** -0.5
    return [value * scale for value in x]


def softmax(logits: Vector) -> list[Value]:
    """Return positive numbers that add up to 1, in the ratio of the exponentials of the logits.

    Subtracting the largest first changes no ratio, and no exponential overflows.

    >>> [round(value.data, 3) for value in softmax([Value(0.0), Value(1.0)])]
    [0.269, 0.731]
    """
    largest = max(value.data for value in logits)
    powers = [(value + -largest).exp() for value in logits]
    scale = total(powers) ** -1
    return [power * scale for power in powers]
