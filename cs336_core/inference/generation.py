"""The generation loop: run the model, choose a token, append it, repeat."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import torch
from jaxtyping import Float, Integer
from torch import Tensor

from cs336_core._shared.validation import InvalidValueError, check_size
from cs336_core.inference.sampling import Sampling, draw
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.language_model import LanguageModel


def generate(
    model: LanguageModel,
    prompt_ids: Sequence[int],
    *,
    n_tokens: int,
    sampling: Sampling | None = None,
    stop_ids: Collection[int] = (),
    generator: torch.Generator | None = None,
    use_cache: bool = True,
    slide: bool = False,
) -> Iterator[int]:
    """Yield up to `n_tokens` token ids that continue the prompt, each as soon as it is chosen.

    Args:
        model: runs without gradients and dropout; it is in training mode afterwards if it was.
        prompt_ids: at least one id.
        n_tokens: how many tokens to generate, unless a stop token comes first.
        sampling: how to choose a token; `None` to draw from the model's own distribution.
        stop_ids: generation ends after any of these tokens, which is yielded too.
        generator: the random numbers; the same seed gives the same tokens.
        use_cache: whether keys and values are cached. Without, every step runs the whole sequence
            again, with the same result up to rounding.
        slide: whether to continue when the context is full, by forgetting the older half of it.

    Raises:
        InvalidValueError: before anything is generated, for an empty prompt, an id that is not in
            the vocabulary, or, unless `slide`, a prompt that leaves too little of the context.

    >>> from cs336_core.inference import GREEDY
    >>> from cs336_core.model.config import ModelConfig
    >>> seeded = torch.manual_seed(0)
    >>> config = ModelConfig(vocab_size=9, context_length=16, n_layers=1, d_model=16, n_heads=2)
    >>> model = LanguageModel(config)
    >>> cached = list(generate(model, [1, 2], n_tokens=8, sampling=GREEDY))
    >>> cached == list(generate(model, [1, 2], n_tokens=8, sampling=GREEDY, use_cache=False))
    True

    """
    n_tokens = check_size("n_tokens", n_tokens, minimum=0)
    check_prompt(model, prompt_ids)
    if not slide:
        check_room(model, len(prompt_ids), n_tokens)
    check_ids("stop token", model, stop_ids)
    sampling = Sampling() if sampling is None else sampling
    return _generate(
        model,
        list(prompt_ids),
        n_tokens,
        sampling=sampling,
        stop_ids=stop_ids,
        generator=generator,
        use_cache=use_cache,
    )


def _generate(
    model: LanguageModel,
    ids: list[int],
    n_tokens: int,
    *,
    sampling: Sampling,
    stop_ids: Collection[int],
    generator: torch.Generator | None,
    use_cache: bool,
) -> Iterator[int]:
    """Generate as `generate` does."""
    context = model.config.context_length
    caches: list[KVCache] | None = None
    start = max(0, len(ids) - context)  # of the tokens that the model sees
    for _ in range(n_tokens):
        if len(ids) - start > context:
            start, caches = len(ids) - (context + 1) // 2, None
        new = ids[-1:] if caches else ids[start:]
        if use_cache and caches is None:
            caches = model.new_caches()
        logits = run(model, torch.tensor([new]), caches)[:, -1]
        chosen = int(draw(sampling.probs(logits, [ids]), generator))
        ids.append(chosen)
        yield chosen
        if chosen in stop_ids:
            return


def run(
    model: LanguageModel,
    ids: Integer[Tensor, "batch seq"],
    caches: Sequence[KVCache] | None = None,
    **options: Tensor,
) -> Float[Tensor, "batch seq vocab_size"]:
    """Return the model's logits, computed without gradients and without dropout.

    All tensors are moved to the model's device; `options` are further arguments of its call.
    """
    was_training = model.training
    if was_training:
        model.eval()
    try:
        with torch.inference_mode():
            device = model.embedding.weight.device
            moved = {name: tensor.to(device) for name, tensor in options.items()}
            own = None if caches is None else list(caches)
            logits: Tensor = model(ids.to(device), caches=own, **moved)
            return logits
    finally:
        if was_training:
            model.train()


def check_prompt(model: LanguageModel, ids: Sequence[int]) -> None:
    """Raise `InvalidValueError` for an empty prompt or an id that is not in the vocabulary."""
    if not len(ids):
        raise InvalidValueError(
            "the prompt is empty; a model continues a text, so give it at least one token, such as "
            "a newline or the token that starts its documents"
        )
    check_ids("prompt id", model, ids)


def check_ids(kind: str, model: LanguageModel, ids: Collection[int]) -> None:
    """Raise `InvalidValueError` for an id that is not in the vocabulary."""
    for token_id in ids:
        if not 0 <= token_id < model.config.vocab_size:
            raise InvalidValueError(
                f"{kind} {token_id} is not in the vocabulary, which has ids 0 to "
                f"{model.config.vocab_size - 1:,}"
            )


def check_room(model: LanguageModel, n_prompt: int, n_tokens: int) -> None:
    """Raise `InvalidValueError` if prompt and generated tokens do not fit into the context.

    The last token need not fit: nothing is predicted from it.
    """
    context = model.config.context_length
    if n_prompt > context:
        raise InvalidValueError(
            f"the prompt has {n_prompt:,} tokens, more than the model's context of {context:,}; "
            "shorten it, or pass slide=True to use its end"
        )
    if n_prompt + n_tokens > context + 1:
        raise InvalidValueError(
            f"the prompt has {n_prompt:,} tokens and {n_tokens:,} more are requested, but the "
            f"model's context is {context:,}; request at most {context + 1 - n_prompt:,}, or pass "
            "slide=True to forget the oldest tokens on the way"
        )
