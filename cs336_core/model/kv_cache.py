"""The KV cache: the keys and values of earlier tokens, so that none is recomputed."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor


class KVCache:
    """The keys and values of one layer for the tokens so far.

    `Stack.new_caches` returns one for each layer of a model. Tensors are replaced, never written
    to: `copy.copy` of a cache is a snapshot.

    Args:
        window: how many of the latest tokens to keep, where a layer never looks back further;
            `None` for all.

    Attributes:
        keys: those of all cached tokens, (batch ... keys width); `None` while the cache is empty.
        values: likewise.
        positions: of each key in its row, negative for padding; `None` where no row is padded, so
            that the keys are at the last positions before `len`.

    Raises:
        ValueError: for a window of less than 1.

    """

    def __init__(self, window: int | None = None) -> None:
        if window is not None and window < 1:
            raise ValueError(f"window is {window}; it must be 1 or more, or None to keep all")
        self.window = window
        self.keys: Tensor | None = None
        self.values: Tensor | None = None
        self.positions: Tensor | None = None
        self._length = 0

    def __len__(self) -> int:
        """Return how many tokens each row has had, padding and forgotten ones included."""
        return self._length

    @property
    def n_held(self) -> int:
        """The number of keys per row that the cache still holds."""
        return 0 if self.keys is None else self.keys.shape[-2]

    @property
    def nbytes(self) -> int:
        """The bytes of keys and values."""
        return sum(each.nbytes for each in (self.keys, self.values) if each is not None)

    def next_positions(self, n: int, *, device: torch.device) -> Int[Tensor, "*batch n"]:
        """Return the positions of the next `n` tokens: (n), or (batch n) if rows are padded."""
        steps = torch.arange(n, device=device)
        if self.positions is None or not self.n_held:
            return steps + len(self)
        return self.positions.amax(-1, keepdim=True) + 1 + steps

    def positions_with(self, new: Int[Tensor, "... new"]) -> Int[Tensor, "... keys"]:
        """Return the positions of the held keys, followed by new ones."""
        held = self._held_positions(new.device)
        if held.ndim < new.ndim:
            held = held.expand(len(new), -1)
        elif new.ndim < held.ndim:
            new = new.expand(len(held), -1)
        return torch.cat([held, new], -1)

    def append(
        self, keys: Tensor, values: Tensor, positions: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Append the keys and values of new tokens, and return those that they may attend to.

        `positions`, (batch keys), are needed where rows are padded: negative for padding. Keys
        before the window are returned one last time, since the first of several new tokens sees
        them, and then forgotten.
        """
        if self.positions is not None or (positions is not None and positions.ndim > 1):
            if positions is None:
                positions = self.next_positions(keys.shape[-2], device=keys.device)
            self.positions = self.positions_with(positions)
        if self.keys is not None and self.values is not None:
            keys = torch.cat([self.keys, keys], -2)
            values = torch.cat([self.values, values], -2)
        self._length += keys.shape[-2] - self.n_held
        self.keys, self.values = keys, values
        if self.window is not None and self.n_held > self.window:
            self._keep_last(self.window)
        return keys, values

    def truncate(self, length: int | Int[Tensor, " batch"]) -> None:
        """Forget the tokens at position `length` and after it; it may differ from row to row.

        Raises `ValueError` for a negative length, and where the window of the next token begins
        with tokens that have already been forgotten. A cache without a window has them all.
        """
        forgotten = len(self) - self.n_held
        lengths = torch.as_tensor(length)
        shortest = int(lengths.min()) if lengths.numel() else 0
        if shortest < 0:
            raise ValueError(f"length is {shortest}; it must be 0 or more")
        if self.window is not None and forgotten > max(shortest - self.window + 1, 0):
            raise ValueError(
                f"length is {shortest}, but the cache keeps only the last {self.window} of "
                f"{len(self)} tokens; use a cache without a window to go back further"
            )
        if self.keys is None or self.values is None:
            return
        if self.positions is None and lengths.ndim == 0:
            kept = max(min(shortest - forgotten, self.n_held), 0)
            self._length = forgotten + kept
            self.keys, self.values = self.keys[..., :kept, :], self.values[..., :kept, :]
            return
        held = self._held_positions(self.keys.device).expand(len(self.keys), -1)
        self.positions = held.masked_fill(held >= lengths.to(held.device).view(-1, 1), -1)
        longest = int((self.positions >= 0).sum(-1).max()) if self.positions.numel() else 0
        self._length -= self.n_held - longest
        self._keep_last(longest)

    def select(self, rows: Int[Tensor, " batch"]) -> None:
        """Keep these rows, in this order; a row may be repeated, as in beam search."""
        for name in ("keys", "values", "positions"):
            each = getattr(self, name)
            if each is not None:
                setattr(self, name, each[rows])

    def _held_positions(self, device: torch.device) -> Tensor:
        """Return the positions of the held keys."""
        if self.positions is not None:
            return self.positions
        return torch.arange(len(self) - self.n_held, len(self), device=device)

    def _keep_last(self, n: int) -> None:
        """Forget all but the last `n` tokens of each row, padding first."""
        if self.keys is None or self.values is None:
            return
        first = self.n_held - n
        if self.positions is None:
            # A copy, since a slice would hold on to the memory of the whole.
            self.keys = self.keys[..., first:, :].clone()
            self.values = self.values[..., first:, :].clone()
            return
        order = self.positions.argsort(stable=True, dim=-1)[:, first:]
        self.positions = self.positions.take_along_dim(order, -1)
        by_key = order.view(len(order), *[1] * (self.keys.ndim - 3), n, 1)
        self.keys = self.keys.take_along_dim(by_key, -2)
        self.values = self.values.take_along_dim(by_key, -2)
