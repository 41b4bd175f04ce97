"""What an operator wrote in, the date or the time it means out; or what to write. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime

import typer

#: How help shows it.
DAY, TIME = "YYYY-MM-DD", "YYYY-MM-DD HH:MM"


def day(text: str) -> date:
    """A date.

    Raises:
        typer.BadParameter: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date: write {DAY}, as 2026-11-22") from None


def time(text: str) -> datetime:
    """A date and a time, in UTC unless it names its distance from it.

    Raises:
        typer.BadParameter: it is none.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time: write {TIME}, in UTC") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
