"""Speculative decoding: a small model drafts tokens, the large one checks them in one pass.

The output has exactly the distribution of the large model alone (Leviathan et al. 2023, Chen et al.
2023). Reading its weights once then yields several tokens instead of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from cs336_core._shared.validation import InvalidValueError, check_size
from cs336_core.inference.generation import check_prompt, check_room, run
from cs336_core.inference.sampling import Sampling, draw
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.language_model import LanguageModel


class Round(NamedTuple):
    """One pass of the target model.

    Attributes:
        drafts: the ids that the draft model proposed.
        n_accepted: how many of them, from the first on, the target accepted.
        next_id: the id that the target adds: in place of the first rejected draft, or after all.

    """

    drafts: tuple[int, ...]
    n_accepted: int
    next_id: int

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids that this round adds to the text, at least one."""
        return (*self.drafts[: self.n_accepted], self.next_id)


def speculative_rounds(
    target: LanguageModel,
    draft: LanguageModel,
    prompt_ids: Sequence[int],
    *,
    n_tokens: int,
    n_drafts: int = 4,
    sampling: Sampling | None = None,
    generator: torch.Generator | None = None,
) -> Iterator[Round]:
    """Yield rounds until they have added `n_tokens` ids to the prompt.

    Both models draw as `sampling` says, so with a temperature of 0 the text is the one that the
    target generates greedily. Near the end, fewer than `n_drafts` are proposed.

    Raises `InvalidValueError` before anything is generated: for less than one draft, models with
    different vocabularies, and a prompt that `generate` would refuse for either model.
    """
    n_tokens = check_size("n_tokens", n_tokens, minimum=0)
    n_drafts = check_size("n_drafts", n_drafts)
    if target.config.vocab_size != draft.config.vocab_size:
        raise InvalidValueError(
            f"the target's vocabulary has {target.config.vocab_size:,} ids and the draft model's "
            f"{draft.config.vocab_size:,}; both models have to use one tokenizer"
        )
    for model in (target, draft):
        check_prompt(model, prompt_ids)
        check_room(model, len(prompt_ids), n_tokens)
    sampling = Sampling() if sampling is None else sampling
    return _rounds(
        target,
        draft,
        list(prompt_ids),
        n_tokens=n_tokens,
        n_drafts=n_drafts,
        sampling=sampling,
        generator=generator,
    )


def _rounds(
    target: LanguageModel,
    draft: LanguageModel,
    ids: list[int],
    *,
    n_tokens: int,
    n_drafts: int,
    sampling: Sampling,
    generator: torch.Generator | None,
) -> Iterator[Round]:
    """Generate as `speculative_rounds` does."""
    # Rejected drafts are taken back, so no cache may forget what a window no longer needs.
    target_caches, draft_caches = ([KVCache() for _ in each.blocks] for each in (target, draft))
    end = len(ids) + n_tokens
    while len(ids) < end:
        drafts: list[int] = []
        proposed = []  # the distribution that each draft was drawn from
        for _ in range(min(n_drafts, end - len(ids) - 1)):
            text = ids + drafts
            logits = _logits(draft, text, draft_caches)[-1:]
            proposed.append(sampling.probs(logits, [text])[0])
            drafts.append(int(draw(proposed[-1][None], generator)))
        text = ids + drafts
        logits = _logits(target, text, target_caches)[-len(drafts) - 1 :]
        target_probs = sampling.probs(
            logits, [text[: len(ids) + i] for i in range(len(drafts) + 1)]
        )
        n_accepted, next_id = verify(drafts, proposed, target_probs, generator)
        for cache in (*target_caches, *draft_caches):
            cache.truncate(len(ids) + n_accepted)
        finished = Round(tuple(drafts), n_accepted, next_id)
        ids += finished.ids
        yield finished


def _logits(
    model: LanguageModel, ids: list[int], caches: list[KVCache]
) -> Float[Tensor, "new vocab_size"]:
    """Return the logits after each id that is not cached yet."""
    return run(model, torch.tensor([ids[len(caches[0]) :]]), caches)[0]


def verify(
    drafts: Sequence[int],
    proposed: Sequence[Float[Tensor, " vocab_size"]],
    target_probs: Float[Tensor, "drafts_plus_1 vocab_size"],
    generator: torch.Generator | None = None,
) -> tuple[int, int]:
    """Return how many drafts to accept, and the id that follows them.

    A draft x, drawn from q, is accepted with probability min(1, p(x) / q(x)), where p is the
    target's distribution at its position. After the first rejection, the next id is drawn from
    max(0, p - q), rescaled: the probability that q lacked. Together that is exactly p. If every
    draft is accepted, the next id comes from p at the position after them.
    """
    for i, (token_id, q, p) in enumerate(zip(drafts, proposed, target_probs, strict=False)):
        random = torch.rand((), dtype=torch.float64, generator=generator)
        if random * float(q[token_id]) >= float(p[token_id]):
            missing = (p - q).clamp_min(0)
            if not missing.any():  # p and q differ by rounding alone
                missing = p
            return i, int(draw((missing / missing.sum())[None], generator))
    return len(drafts), int(draw(target_probs[-1:], generator))


def acceptance_rate(
    p: Float[Tensor, "*batch vocab_size"], q: Float[Tensor, "*batch vocab_size"]
) -> Float[Tensor, "*batch"]:
    """Return the probability that a draft from `q` is accepted: how much the two overlap.

    >>> acceptance_rate(torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1])).item()
    0.6000000238418579
    """
    return torch.minimum(p, q).sum(-1)
