"""Formatting of quantities and rows."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.accounting import (
    AccountingError,
    Conventions,
    FlopRow,
    as_dicts,
    bytes_text,
    count_flops,
    count_text,
    flops_text,
    latex_table,
    markdown_table,
    seconds_text,
)
from cs336_core.accounting.units import scientific_text, three_digits
from tests.accounting.models import KINDS, SMALL, config_of


@pytest.mark.parametrize(
    ("formatted", "text"),
    [
        (flops_text(0), "0 FLOPs"),
        (flops_text(1), "1 FLOPs"),
        (flops_text(999), "999 FLOPs"),
        (flops_text(999.4), "999 FLOPs"),
        (flops_text(999.9), "1 kFLOPs"),
        (flops_text(1.2e12), "1.2 TFLOPs"),
        (flops_text(4.30e23), "430 ZFLOPs"),
        (flops_text(5e35), "500,000 QFLOPs"),
        (flops_text(1e12, "MACs"), "1 TMACs"),
        (bytes_text(1023), "1,023 B"),
        (bytes_text(1024), "1 KiB"),
        (bytes_text(80e9), "74.5 GiB"),
        (bytes_text(1024**2 - 1), "1 MiB"),
        (count_text(671_026_419_200), "671 B"),
        (count_text(999_999), "1 M"),
        (seconds_text(0), "0 s"),
        (seconds_text(1e-12), "0.001 ns"),
        (seconds_text(0.0238), "23.8 ms"),
        (seconds_text(59.99), "1 minute"),
        (seconds_text(3600), "1 hour"),
        (seconds_text(86_400 * 364), "364 days"),
        (seconds_text(86_400 * 365 * 2630), "2,630 years"),
        (scientific_text(4.30e23), "4.30 × 10²³"),
        (scientific_text(9.999e-8), "1.00 × 10⁻⁷"),
        (scientific_text(3.4e15, digits=1), "3 × 10¹⁵"),
        (scientific_text(0), "0.00 × 10⁰"),
        (three_digits(0.00012), "0.00012"),
        (three_digits(123456.7), "123,457"),
    ],
)
def test_numbers(formatted: str, text: str) -> None:
    assert formatted == text


@given(st.floats(0, 1e60))
def test_every_number_can_be_formatted(number: float) -> None:
    for text in (flops_text(number), bytes_text(number), count_text(number), seconds_text(number)):
        assert text[0].isdigit()
        assert "nan" not in text


@pytest.mark.parametrize("number", [-1, float("nan"), float("inf"), 10**400])
def test_invalid_numbers_raise(number: float) -> None:
    for formatted in (flops_text, bytes_text, count_text, seconds_text):
        with pytest.raises(AccountingError, match="it must be a number 0 or more"):
            formatted(number)


def test_rows_as_dictionaries() -> None:
    rows = count_flops(SMALL, 1, 4)
    formatted = as_dicts(rows)
    assert [FlopRow(**row) for row in formatted] == rows  # type: ignore[arg-type]
    assert json.loads(json.dumps(formatted)) == formatted


@pytest.mark.parametrize("kind", KINDS)
def test_tables_have_a_line_per_row_and_a_total(kind: str) -> None:
    rows = count_flops(config_of(kind), 2, 5, Conventions(elementwise=True))
    markdown = markdown_table(rows).splitlines()
    assert len(markdown) == len(rows) + 3
    assert {line.count("|") for line in markdown} == {7}
    latex = latex_table(rows).splitlines()
    assert len(latex) == len(rows) + 8
    assert {line.count("&") for line in latex if line.endswith("\\\\")} == {5}
    assert all("%" not in line.replace("\\%", "") for line in latex)
    shares = [float(line.split("|")[4].strip().removesuffix(" %") or 0) for line in markdown[2:-1]]
    assert sum(shares) == pytest.approx(100, abs=0.05 * len(shares))


def test_macs_are_called_macs() -> None:
    rows = count_flops(SMALL, 1, 4, Conventions(unit="MAC"))
    assert "| MACs |" in markdown_table(rows, "MACs")
    assert "FLOPs" not in markdown_table(rows, "MACs")
