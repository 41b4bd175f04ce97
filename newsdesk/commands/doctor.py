"""doctor: whether a desk and its mail are well."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from newsdesk import say

MARKS = {"fine": "fine   ", "mind": "mind   ", "wrong": "WRONG  ", "unknown": "unknown"}


def doctor(
    context: typer.Context,
    ip: Annotated[
        list[str], typer.Option(help="An address that mail leaves from; may be repeated.")
    ] = [],  # noqa: B006  typer reads it
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Look over the desk, its mail server and its DNS.

    Nothing is changed, and nothing is sent.
    """
    from newsdesk import config
    from newsdesk import doctor as looks
    from newsletter.dns import SystemResolver

    desk = config.load(context.obj)
    found = list(
        looks.findings(
            desk,
            SystemResolver(),
            lambda: datetime.now(UTC),
            addresses=ip,
            their_clock=lambda url: looks.time_at(url, desk),
        )
    )
    if as_json:
        say.json(found)
    else:
        for each in found:
            say.lines(f"{MARKS[each.level]} {each.about:<8} {each.found}")
            if each.do:
                say.lines(f"{'':17}{each.do}")
    if any(each.level == "wrong" for each in found):
        raise typer.Exit(1)
