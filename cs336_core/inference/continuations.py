"""A model as beam search sees it: a partial text in, the probabilities of its next tokens out."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch

from cs336_core._shared.validation import check_size
from cs336_core.inference.beam_search import Tokens
from cs336_core.inference.generation import check_prompt, run
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.language_model import LanguageModel


class Continuations:
    """The `next_probs` of `beam_search` for texts that continue a prompt.

    Only the latest token of a text is computed: the rest is in the cache of the text that it
    extends, which all its extensions share. Texts have to grow by one token at a time.

    Args:
        model: a language model.
        prompt_ids: at least one id.
        n_best: how many of the most probable tokens to return, for large vocabularies; a beam of
            width K needs no more than K, and one more for each token that another group chose.

    """

    def __init__(
        self, model: LanguageModel, prompt_ids: Sequence[int], *, n_best: int = 64
    ) -> None:
        check_prompt(model, prompt_ids)
        self._model, self._prompt = model, list(prompt_ids)
        self._n_best = min(check_size("n_best", n_best), model.config.vocab_size)
        self._caches: dict[Tokens, list[KVCache]] = {}

    def __call__(self, tokens: Tokens) -> dict[int | str, float]:
        """Return the probabilities of the tokens that most probably follow, the best first."""
        if tokens:
            caches, new = self._caches[tokens[:-1]], [int(tokens[-1])]
            caches = [copy.copy(cache) for cache in caches]
        else:
            caches, new = self._model.new_caches(), self._prompt
        probs = run(self._model, torch.tensor([new]), caches)[0, -1].float().softmax(-1)
        older = [text for text in self._caches if len(text) < len(tokens) - 1]
        for text in older:
            del self._caches[text]
        self._caches[tokens] = caches
        best = probs.topk(self._n_best)
        return dict(zip(best.indices.tolist(), best.values.tolist(), strict=True))
