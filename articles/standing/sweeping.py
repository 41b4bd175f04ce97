"""Sources that are looked at again and again: feeds followed, folders watched, foreign databases.

    due -> look (feed.py, folder.py, foreign.py) -> drafts -> importing -> state -> next time

Each source fails by itself, keeps its problem where the operator sees it, and is asked less often
while it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from articles.errors import NewsdeskError
from articles.http import Client
from articles.importing import import_found
from articles.standing import feed, folder, foreign
from articles.standing.model import Look, Source
from articles.standing.state import States, Stored
from articles.store import Store

#: A source that fails is asked half as often each time, and at least twice a day.
BACK_OFF_MIN = timedelta(minutes=1)
BACK_OFF_MAX = timedelta(hours=12)
#: Refusals that are kept for the operator to see; the rest is a number.
PROBLEMS_MAX = 5


def sweep(
    store: Store,
    sources: Sequence[Source],
    client: Client,
    now: Callable[[], datetime],
    stop: Callable[[], bool] = lambda: False,
) -> list[tuple[Source, Stored]]:
    """Look at each source that is due; those that brought something or failed are given back."""
    states = States(store.db)
    told = []
    for source in sources:
        before = states.of(source)
        if stop():
            break
        if before.next_at is None or before.next_at > now():
            continue
        after, worth_telling = look_at(store, source, before, client, now())
        if worth_telling:
            told.append((source, after))
    return told


def look_at(
    store: Store, source: Source, before: Stored, client: Client, now: datetime
) -> tuple[Stored, bool]:
    """Look at one source now, whether it is due or not; its new state, and whether it is news."""
    states = States(store.db)
    try:
        look = _LOOK[source.kind](store, source, before.seen, client)
        report = import_found(store, source.name, iter(look.found), now)
        if look.taken_in is not None:
            look.taken_in()
    except (NewsdeskError, OSError) as error:
        failures = before.failures + 1
        step = max(source.every, BACK_OFF_MIN)
        wait = max(min(step * 2 ** min(failures - 1, 10), BACK_OFF_MAX), source.every)
        after = before.failed(now, str(error), failures, now + wait)
        states.keep(source, after)
        return after, failures == 1 or before.problem != after.problem
    # A look that found nothing new says nothing new about what was refused before.
    problems = [*look.problems, *(f"{one.where}: {one.reason}" for one in report.refused)]
    brought = {kind: report.counts[kind] for kind in ("new", "revised")}
    brought["refused"] = len(report.refused)
    wait = max(source.every, look.wait or source.every)
    after = before.read(
        now,
        look.seen,
        brought if any(brought.values()) else None,
        _said(problems) if look.read or before.failures else before.problem,
        None if look.gone else now + wait,
    )
    states.keep(source, after)
    return after, any(brought.values()) or after.problem != before.problem


def _said(problems: Iterable[str]) -> str:
    problems = [each for each in problems if each]
    more = len(problems) - PROBLEMS_MAX
    return "; ".join(problems[:PROBLEMS_MAX]) + (f"; and {more} more" if more > 0 else "")


_LOOK: dict[str, Callable[[Store, Source, dict[str, object], Client], Look]] = {
    "follow": feed.look,
    "watch": folder.look,
    "database": foreign.look,
}
