"""Lecture 08: its statements are true, and the answers to its exercises are right."""

from __future__ import annotations

import pytest
import torch

from cs336_core.inference import score_text
from cs336_core.inference.beam_search import beam_steps
from cs336_core.inference.continuations import Continuations
from tests.inference.chi_square import FALSE_ALARMS, p_value
from tests.lectures.lecture_run import LectureRun, run_lecture

pytestmark = pytest.mark.xdist_group("08_generation")

KNOWN = {
    'f"{config.vocab_size:,}"': "1,024",
    "config.d_model": 64,
    "config.n_layers": 2,
    'f"{first.tokens:,}"': "8,192",
    'f"{per_cached_token:,}"': "1,024",  # 2 layers, keys and values, 64 numbers of 4 bytes
    "one_by_one": 54,  # 12 + 5 + 18 + 4 + 9 + 6
    'f"{n_trials:,}"': "5,000",
    # 1,024 x 64 entries, next to two blocks of 4 x 64 x 64 and 3 x 64 x 160, and five gains of 64
    "f\"{100 * 4 * embedding / sizes['trained']:.0f} %\"": "41 %",
    "best[0.9, 0.1]": 10,  # (1 - 0.9^11) / 0.1 / 2 = 3.431, 3.428 with 9 and 3.417 with 11
    "best[0.3, 0.1]": 1,  # 1.3 / 1.1 = 1.18, 1.39 / 1.2 = 1.16
    "best[0.7, 0.3]": 2,  # 2.19 / 1.6 = 1.37, 1.7 / 1.3 = 1.31
    "too_many": 8,  # (1 - 0.7^9) / 0.3 / 3.4 = 0.94, 1.01 with 7
    # Answers to the exercises
    "compared": 148,  # 4 + 9 x 16
    'f"{colder_ratio:.0f}"': "16",
    'f"{flat_kept:,}"': "922",  # the first n with n / 1,024 >= 0.9
    'f"{per_round:.2f}"': "3.36",  # 1 + 0.8 + 0.64 + 0.512 + 0.4096
    'f"{per_weight:g}"': "4.5",
}
# What the model of this run happens to do, and lower bounds of a machine: plausible bounds.
COMPUTED = {
    "f\"{quality['trained'].perplexity_per_token:.0f}\"": (60, 130),
    "repeats": (2, 30),
    'f"{found[10].prob / found[1].prob:,.0f}"': (2, 1e9),
    "f\"{surprise['greedy']:.1f}\"": (2, 5),
    "f\"{surprise['Shakespeare']:.1f}\"": (5.5, 7.5),
    "f\"{100 * repeated['greedy, penalty 1.3']:.0f} %\"": (0, 15),
    "f\"{100 * repeated['greedy']:.0f} %\"": (10, 80),
    'f"{100 * tail:.0f} %"': (3, 40),
    'f"{gained:.2f}"': (0.02, 0.4),
    'f"{first.seconds:.2f}"': (0.1, 0.2),  # 2 x 8e9 x 8,192 FLOPs and the scores, at 989 TFLOP/s
    'f"{1000 * per_token.seconds:.1f}"': (4.4, 5.2),  # 15 GB of weights and 1 GiB of cache
    'f"{per_token.seconds / (first.seconds / first.tokens):.0f}"': (250, 350),
    "len(passes)": (15, 25),
    'f"{100 * utilization:.0f} %"': (70, 100),
    'f"{100 * reserved_use:.0f} %"': (5, 40),
    'f"{1000 * decode(llama, 1, 2048, H100).seconds:.1f}"': (4.4, 4.8),
    'f"{1000 * decode(llama, 32, 2048, H100).seconds:.1f}"': (6, 8),
    'f"{100 * accepted_drafts / n_trials:.0f} %"': (40, 95),
    "f\"{rates['32 users'] / rates['one user']:.0f}\"": (12, 18),
    "f\"{waiting['32 users'][1] / waiting['one user'][1]:.1f}\"": (1.8, 2.4),
}
TEXT = {"visible(tokenizer.decode(phrase))"}


@pytest.fixture(scope="module")
def lecture() -> LectureRun:
    return run_lecture("08_generation.py")


@pytest.mark.parametrize(("expression", "expected"), KNOWN.items())
def test_computed_value_is_the_known_one(
    lecture: LectureRun, expression: str, expected: object
) -> None:
    assert lecture.values[expression] == expected


@pytest.mark.parametrize(("expression", "bounds"), COMPUTED.items())
def test_computed_value_is_plausible(
    lecture: LectureRun, expression: str, bounds: tuple[float, float]
) -> None:
    least, most = bounds
    number = str(lecture.values[expression]).split()[0].replace(",", "")
    assert least <= float(number) <= most


def test_every_expression_is_checked(lecture: LectureRun) -> None:
    assert lecture.values.keys() == KNOWN.keys() | COMPUTED.keys() | TEXT


def test_the_model_prefers_english_word_order(lecture: LectureRun) -> None:
    model, tokenizer = lecture.variables["model"], lecture.variables["tokenizer"]
    ordered, disordered = (
        score_text(model, tokenizer, line).nats
        for line in ("The king is dead, my lord.", "Lord dead my, the is king.")
    )
    assert ordered < disordered


def test_greedy_text_repeats_itself(lecture: LectureRun) -> None:
    phrase = lecture.variables["phrase"]
    text = lecture.variables["written"]
    assert sum(text[i : i + 3] == list(phrase) for i in range(len(text))) >= 2


def test_wider_beams_find_more_probable_texts(lecture: LectureRun) -> None:
    found = lecture.variables["found"]
    assert found[1].log_prob < found[10].log_prob


def test_each_beam_is_extended_by_as_many_tokens_as_there_are_beams(lecture: LectureRun) -> None:
    continuations = Continuations(lecture.variables["model"], lecture.variables["prompt_ids"])
    steps = beam_steps(continuations, 3, 3)
    assert [len(candidates) for candidates in steps] == [3, 9, 9]


def test_searches_repeat_themselves_and_shakespeare_does_not(lecture: LectureRun) -> None:
    surprise, repeated = lecture.variables["surprise"], lecture.variables["repeated"]
    searches, drawn = ("beam search, K = 4", "greedy"), ("top-p 0.9", "temperature 1")
    for search in searches:
        assert repeated[search] > 0.1
        assert surprise[search] < min(surprise[each] for each in drawn) - 1
    assert repeated["Shakespeare"] < 0.05
    assert abs(surprise["Shakespeare"] - surprise["temperature 1"]) < 1


def test_top_p_and_min_p_follow_the_certainty_of_the_model(lecture: LectureRun) -> None:
    sure, _, unsure = range(3)
    kept = lecture.variables["kept"]
    assert kept["top-k 20"] == [20, 20, 20]
    for rule in ("top-p 0.9", "min-p 0.1"):
        assert kept[rule][sure] < kept[rule][unsure] / 2


def test_the_cache_saves_work_and_changes_nothing(lecture: LectureRun) -> None:
    flops, text = lecture.variables["measured"], lecture.variables["cached_text"]
    assert flops[True] < flops[False] / 10
    assert text[True] == text[False]
    assert lecture.variables["per_cached_token"] == lecture.variables["by_formula"]


def test_texts_of_a_batch_are_those_written_alone(lecture: LectureRun) -> None:
    assert lecture.variables["together"] == lecture.variables["alone"]
    assert max(each.n_blocks for each in lecture.variables["passes"]) <= 16
    assert all(
        sum(work.n_computed for work in each.work) <= 12 for each in lecture.variables["passes"]
    )
    assert lecture.variables["utilization"] > 2 * lecture.variables["reserved_use"]


def test_a_distilled_model_is_better_than_one_trained_on_the_text(lecture: LectureRun) -> None:
    quality = {name: each.bits_per_byte for name, each in lecture.variables["quality"].items()}
    assert quality["trained"] < quality["distilled"] < quality["from text"] - 0.02


def test_checked_drafts_follow_the_large_model(lecture: LectureRun) -> None:
    counts, p = lecture.variables["counts"], lecture.variables["p"]
    assert p_value(counts, p) > FALSE_ALARMS
    accepted = lecture.variables["accepted_drafts"] / lecture.variables["n_trials"]
    overlap = float(torch.minimum(p, lecture.variables["q"]).sum())
    assert accepted == pytest.approx(overlap, abs=0.04)  # 6 standard deviations


def test_drafts_save_passes_of_the_large_model(lecture: LectureRun) -> None:
    rounds = lecture.variables["rounds"]
    assert sum(len(each.ids) for each in rounds) == 56
    assert len(rounds) < 0.6 * 56


def test_four_bits_are_enough_and_two_are_not(lecture: LectureRun) -> None:
    quality = {name: each.bits_per_byte for name, each in lecture.variables["quality"].items()}
    full = quality["trained"]
    assert quality["8 bits"] == pytest.approx(full, abs=0.005)
    assert quality["4 bits"] == pytest.approx(full, abs=0.03)
    assert quality["2 bits"] > full + 0.05


def test_retraining_mends_what_pruning_breaks(lecture: LectureRun) -> None:
    quality = {name: each.bits_per_byte for name, each in lecture.variables["quality"].items()}
    assert quality["50 % pruned"] < quality["trained"] + 0.05
    assert quality["90 % pruned"] > quality["trained"] + 0.2
    for percent in (70, 90):
        assert quality[f"{percent} % pruned, retrained"] < quality[f"{percent} % pruned"]


def test_what_shortens_which_wait(lecture: LectureRun) -> None:
    waiting, rates = lecture.variables["waiting"], lecture.variables["rates"]
    (first, last), (first_in_8, last_in_8) = waiting["one user"], waiting["one user, in 8 bits"]
    assert first_in_8 == pytest.approx(first / 2, rel=0.1)
    assert last_in_8 == pytest.approx(last / 2, rel=0.1)
    assert waiting["one user, 4 drafts"][0] == first
    assert waiting["one user, 4 drafts"][1] < last / 2
    assert waiting["32 users"][1] > last
    assert rates["32 users"] > 10 * rates["one user"]
