"""The matrices of a model, with their shapes: what optimizers, adapters and quantization act on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cs336_core.accounting.forward import forward_operations
from cs336_core.accounting.operations import Component, Operation, Pass
from cs336_core.accounting.sizes import check_config
from cs336_core.model.config import ModelConfig

TABLES: tuple[Component, ...] = ("embedding", "positions")


@dataclass(frozen=True)
class Matrices:
    """All matrices of one kind, such as the query projections of all layers.

    Attributes:
        component: the part of the model that they belong to.
        operation: the operation that they are multiplied in, as in `count_flops`.
        rows: the input width, or the entries of a table.
        columns: the output width.
        count: how many there are: one per layer, and per expert.

    """

    component: Component
    operation: str
    rows: int
    columns: int
    count: int

    @property
    def params(self) -> int:
        """The entries of all of them."""
        return self.count * self.rows * self.columns

    @property
    def in_layers(self) -> bool:
        """Whether they are part of a layer: neither a table nor the LM head."""
        return self.component not in (*TABLES, "head")


@dataclass(frozen=True)
class Parameters:
    """The parameters of a model by shape: matrices, and vectors such as biases and gains."""

    matrices: tuple[Matrices, ...]
    vectors: int

    @property
    def count(self) -> int:
        """The number of all parameters."""
        return self.vectors + sum(each.params for each in self.matrices)


@lru_cache(maxsize=64)
def parameters_by_shape(config: ModelConfig) -> Parameters:
    """Return the matrices of a model, each kind once; a tied LM head is that of the embedding.

    Raises `ConfigError` for a configuration with a size above 10⁹.

    >>> from cs336_core.model.presets import preset
    >>> parameters_by_shape(preset("llama-3-8b")).matrices[1]
    Matrices(component='attention', operation='query', rows=4096, columns=4096, count=32)
    """
    check_config(config)
    matrices, vectors = [], 0
    for operation in forward_operations(Pass(config=config, batch=1, seq_len=1)):
        found = _matrices(operation, config)
        if found is not None:
            matrices.append(found)
        vectors += operation.params - (0 if found is None else found.params)
    return Parameters(tuple(matrices), vectors)


def _matrices(operation: Operation, config: ModelConfig) -> Matrices | None:
    """Return the matrices of an operation, if it has any."""
    if len(operation.factors) > 1:
        (_, rows), (_, columns) = operation.factors[-2:]
    elif operation.component == "embedding":
        rows, columns = config.vocab_size, operation.params // config.vocab_size
    elif operation.component == "positions":
        rows, columns = operation.params // config.d_model, config.d_model
    else:
        return None
    matrix, with_bias = rows * columns, (rows + 1) * columns
    if not matrix or operation.params < matrix:
        return None  # no parameters of its own, such as the scores
    # Thousands of experts without biases may have as many entries as fewer with biases.
    may_be_biased = operation.params % matrix > 0 or config.bias or config.has_qkv_bias
    is_biased = may_be_biased and operation.params % with_bias == 0
    count = operation.params // (with_bias if is_biased else matrix)
    return Matrices(operation.component, operation.name, rows, columns, count)
