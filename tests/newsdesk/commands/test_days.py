from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import typer

from newsdesk.commands import days


def test_a_date_is_read_as_it_is_written_in_help() -> None:
    assert days.day("2026-11-22") == date(2026, 11, 22)


def test_a_time_is_taken_for_utc_unless_it_says_otherwise() -> None:
    assert days.time("2026-11-22 07:40") == datetime(2026, 11, 22, 7, 40, tzinfo=UTC)
    assert days.time("2026-11-22T07:40+02:00") == datetime(2026, 11, 22, 5, 40, tzinfo=UTC)


@pytest.mark.parametrize("text", ["22.11.", "2026-02-30", "", "tomorrow"])
def test_what_is_no_date_is_named_with_what_to_write(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="write YYYY-MM-DD"):
        days.day(text)
    with pytest.raises(typer.BadParameter, match="write YYYY-MM-DD HH:MM, in UTC"):
        days.time(text)
