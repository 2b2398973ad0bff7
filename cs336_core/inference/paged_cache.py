"""A KV cache in blocks: memory for many texts of unknown length, without gaps between them.

A cache per text has to reserve memory for the longest text it may become. A paged cache (Kwon et
al. 2023) is one array of blocks that hold a few tokens each; a text takes a block whenever its last
one is full, wherever there is one, and returns them when it ends.
"""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from cs336_core._shared.validation import check_size
from cs336_core.model.kv_cache import KVCache


class BlockTable:
    """Which blocks belong to one text, in the order of its tokens.

    Attributes:
        blocks: the numbers of its blocks.
        n_tokens: how many tokens it has cached.

    """

    def __init__(self) -> None:
        self.blocks: list[int] = []
        self.n_tokens = 0


class BlockPool:
    """The blocks of a paged cache: which are free, and which slots those of a text are.

    Slot s of the cache is token s % block_size of block s // block_size.

    Args:
        n_blocks: how many there are in all.
        block_size: the tokens per block.

    Raises:
        InvalidValueError: for numbers below 1.

    >>> pool, text = BlockPool(4, block_size=2), BlockTable()
    >>> pool.grow(text, 3), text.blocks, pool.n_free
    (True, [0, 1], 2)
    >>> pool.slots(text, 0, 3)
    [0, 1, 2]

    """

    def __init__(self, n_blocks: int, block_size: int) -> None:
        self.n_blocks = check_size("n_blocks", n_blocks)
        self.block_size = check_size("block_size", block_size)
        self._free = list(reversed(range(n_blocks)))  # the next one to hand out comes last

    @property
    def n_free(self) -> int:
        """The number of blocks that no text has."""
        return len(self._free)

    def blocks_for(self, n_tokens: int) -> int:
        """Return how many blocks that many tokens fill."""
        return -(-n_tokens // self.block_size)

    def grow(self, table: BlockTable, n_new: int) -> bool:
        """Give a text the blocks for `n_new` more tokens; if too few are free, give none."""
        missing = self.blocks_for(table.n_tokens + n_new) - len(table.blocks)
        if missing > self.n_free:
            return False
        table.blocks += [self._free.pop() for _ in range(missing)]
        return True

    def release(self, table: BlockTable) -> None:
        """Take back all blocks of a text."""
        self._free += reversed(table.blocks)
        table.blocks, table.n_tokens = [], 0

    def slots(self, table: BlockTable, start: int, end: int) -> list[int]:
        """Return the slots of a text's tokens from `start` to before `end`."""
        size = self.block_size
        return [table.blocks[i // size] * size + i % size for i in range(start, end)]


class PagedCache(KVCache):
    """One layer's keys and values for several texts, whose new tokens are computed in one row.

    Before each pass, `use_slots` says which slots hold the texts' cached tokens, and which ones the
    new tokens will fill. The memory is allocated by the first pass.
    """

    def __init__(self, pool: BlockPool) -> None:
        super().__init__()
        self._n_slots = pool.n_blocks * pool.block_size
        self._key_slots: Tensor | None = None  # (kv_heads slots d_head)
        self._value_slots: Tensor | None = None
        self.use_slots([], [], [])

    def use_slots(self, held: list[int], positions: list[int], new: list[int]) -> None:
        """Choose the slots of cached tokens, with their positions in their texts, and new slots."""
        self._held, self._new = torch.tensor(held, dtype=torch.long), torch.tensor(new)
        self._positions_held = torch.tensor(positions, dtype=torch.long)

    @property
    def n_held(self) -> int:
        """The number of cached tokens of the texts that are selected."""
        return len(self._held)

    def append(
        self, keys: Tensor, values: Tensor, positions: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Write the keys and values of the new tokens to their slots; return all selected ones."""
        if self._key_slots is None or self._value_slots is None:
            self._key_slots = _empty_slots(keys, self._n_slots)
            self._value_slots = _empty_slots(values, self._n_slots)
        device = keys.device
        new, selected = self._new.to(device), torch.cat([self._held, self._new]).to(device)
        self._key_slots[..., new, :] = keys[0]
        self._value_slots[..., new, :] = values[0]
        return self._key_slots[None, ..., selected, :], self._value_slots[None, ..., selected, :]

    def positions_with(self, new: Int[Tensor, "*batch new"]) -> Int[Tensor, "*batch keys"]:
        """Return the positions of the cached tokens, followed by those of the new ones."""
        held = self._positions_held.to(new.device)
        return torch.cat([held.expand(*new.shape[:-1], -1), new], -1)


def _empty_slots(like: Tensor, n_slots: int) -> Tensor:
    """Return room for the keys or values of `n_slots` tokens, shaped as those of a row."""
    return like.new_zeros(*like.shape[1:-2], n_slots, like.shape[-1])
