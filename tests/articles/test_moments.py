"""A date is understood where it says one time for certain, and is none otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.moments import YEARS, moment


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("2026-11-20T08:00:00+03:00", "2026-11-20T05:00:00"),
        ("2026-11-20T08:00:00", "2026-11-20T08:00:00"),
        ("2026-11-20", "2026-11-20T00:00:00"),
        ("2026-11-20T08:00:00.123456789Z", "2026-11-20T08:00:00"),
        ("Fri, 20 Nov 2026 08:00:00 EST", "2026-11-20T13:00:00"),
        ("20 Nov 2026", "2026-11-20T00:00:00"),
        ("November 20, 2026, 8:00 pm", "2026-11-20T20:00:00"),
        ("20.11.2026 08:00", "2026-11-20T08:00:00"),
        ("11/20/2026", "2026-11-20T00:00:00"),
        ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59"),
        ("1763625600", "2025-11-20T08:00:00"),
        ("1763625600000", "2025-11-20T08:00:00"),
        ("٢٠٢٦-١١-٢٠", "2026-11-20T00:00:00"),
    ],
)
def test_a_date_is_understood(said: str, when: str) -> None:
    assert moment(said) == datetime.fromisoformat(when).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "yesterday",
        "2026",
        "November 2026",
        "05/11/2026",
        "2026-02-30",
        "0000-00-00 00:00:00",
        "0001-01-01",
        "2999-01-01",
        "9999-12-31T23:59:59Z",
        "1970-01-01T01:00:00+01:00",
        "NaN",
        "1e308",
        "-1",
        "12",
        "\x00",
        "9" * 400,
        "10:30",
    ],
)
def test_what_says_no_date_for_certain_says_none(said: str) -> None:
    assert moment(said) is None


@given(st.text(max_size=60) | st.from_regex(r"[0-9T:+/. -]{0,40}[A-Za-z]{0,5}", fullmatch=True))
@settings(max_examples=300)
def test_no_date_crashes_and_every_date_is_aware(said: str) -> None:
    when = moment(said)

    assert when is None or (when.utcoffset() == timedelta(0) and when.year in YEARS)
