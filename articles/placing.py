"""An article, what editors said and the table in, its regions out. Acts on the store when asked.

Whose word counts: the newest of what an editor said here (`decide`) and what the content system's
row says; where neither says anything, the tagger's. Changed regions move the article between feeds
and touch nothing else: not its id, not `updated`, not what was mailed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from articles import database, decisions, regions
from articles.decisions import Decision
from articles.errors import NewsdeskError
from articles.model import Article, Placement, Site
from articles.regions import RegionTable
from articles.store import Store

#: Below it a proposal waits for an editor: on the labelled articles of docs/regions.md a good third
#: of the first countries is then wrong, and one in a hundred above it.
SURE = 0.6

#: One transaction: a content system waits for no longer than this takes, a fifth of a second.
RETAG_BATCH = 200

#: Articles looked at again in one sweep. 100,000 take half an hour, beside all other work.
RETAG_SWEEP = 1_000


class UnknownArticleError(NewsdeskError):
    """No article of the store goes by what was written."""


def placements(
    article: Article,
    row_regions: Sequence[str],
    decision: Decision | None,
    table: RegionTable,
    site: Site,
) -> tuple[Placement, ...]:
    """Where `article` belongs. Pure.

    `row_regions` is what the content system's row says; a name nobody knows says nothing.
    """
    row = tuple(dict.fromkeys(code for name in row_regions if (code := table.resolve(name))))
    if decision is not None and (not row or tuple(row_regions) == decision.row_regions):
        return _edited(decision.codes)
    return _edited(row) or regions.tag(article, table, home=site.home)


def placed(article: Article, found: Sequence[Placement], table: RegionTable, site: Site) -> Article:
    """`article` with the regions and the town that follow from its placements. Pure."""
    return replace(
        article,
        regions=table.slugs(placement.code for placement in found),
        place=regions.place(article, found, table, home=site.home),
    )


def _edited(codes: Sequence[str]) -> tuple[Placement, ...]:
    return tuple(Placement(code=code, origin="editor", score=1.0) for code in codes)


def decide(
    store: Store,
    table: RegionTable,
    site: Site,
    number: int,
    codes: Sequence[str] | None,
    now: datetime,
) -> tuple[Placement, ...]:
    """Take an editor's word for an article's regions, or, with None, take it back.

    `codes` are what `RegionTable.resolve` gives; () says that it is in no region. The decision is
    kept with the article's words, as an example. The feeds follow with the next publishing.

    Raises:
        UnknownArticleError: the article is not in the store, or its row was deleted.
    """
    with database.write(store.db):
        accepted, row = store.accepted(number), store.draft(number)
        if accepted is None or row is None:
            raise UnknownArticleError(f"article {number} is not in the store any more")
        if codes is None:
            decisions.forget(store, number)
        else:
            proposed = regions.tag(accepted.article, table, home=site.home)
            decision = Decision(
                number=number,
                decided_at=now,
                codes=tuple(codes),
                row_regions=row[1].regions,
                proposed=tuple(placement.code for placement in proposed),
                article=accepted.article,
            )
            decisions.keep(store, decision)
        return _place_again(store, table, site, number, now)[0]


def retag_all(
    store: Store,
    table: RegionTable,
    site: Site,
    now: datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> int:
    """`retag` to the end; gives back how many articles moved."""
    moved = sweeps = 0
    left = 1
    while left:
        some, left = retag(store, table, site, now)
        moved, sweeps = moved + some, sweeps + 1
        progress(sweeps * RETAG_SWEEP)
    return moved


def retag(store: Store, table: RegionTable, site: Site, now: datetime) -> tuple[int, int]:
    """After a change of the table, place a sweep's worth of articles again.

    Gives back how many moved, and the number up to which articles are still to be looked at, or 0.

    What was looked at is noted with each batch, so that a killed run is gone on with. Proposals
    made since the change are by the new table already; looking at them twice changes nothing.
    """
    fingerprint = f"{table.fingerprint} {site.home or ''}"
    before, until = decisions.tagging(store)
    if before != fingerprint:
        until = decisions.last_article(store)
        decisions.note_tagging(store, fingerprint, until)
    moved = looked_at = 0
    while until is not None and looked_at < RETAG_SWEEP:
        with database.write(store.db):
            numbers = decisions.articles_down_from(store, until, RETAG_BATCH)
            moved += sum(_place_again(store, table, site, each, now)[1] for each in numbers)
            until = numbers[-1] - 1 if len(numbers) == RETAG_BATCH else None
            decisions.note_tagging(store, fingerprint, until)
        looked_at += len(numbers)
    return moved, until or 0


def _place_again(
    store: Store, table: RegionTable, site: Site, number: int, now: datetime
) -> tuple[tuple[Placement, ...], bool]:
    """An article's placements by today's table and decisions, and whether they moved it."""
    before, row = store.accepted(number), store.draft(number)
    assert before is not None
    said = row[1].regions if row else ()
    found = placements(before.article, said, decisions.of(store, number), table, site)
    after = replace(before, article=placed(before.article, found, table, site))
    if after == before:
        store.place(number, found)  # a score may have changed, which no reader sees
        return found, False
    store.accept(after, found, before, now)
    return found, True
