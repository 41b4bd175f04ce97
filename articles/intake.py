"""Changed rows of the store in; accepted articles with regions and stories out. Touches SQLite.

    articles (whoever wrote them) -> clean -> revision -> regions -> accepted -> stories

Whoever wrote a row, the change log names it. Each batch is one transaction with the cursor in it,
so that a run that dies is continued by the next and nothing is looked at in vain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from articles import clean, database, decisions, placing
from articles.model import Article, Draft, Refusal, Site
from articles.regions import RegionTable
from articles.store import Accepted, State, Store

#: A second of work or so: what a kill costs, and how long a CMS waits for the write lock at most.
BATCH_ARTICLES = 200

#: What an article says. A change of these is a new revision, and moves `updated`.
WORDS = ("title", "standfirst", "body_html", "authors", "image", "correction")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What one run of the intake did."""

    accepted: int = 0
    revised: int = 0
    withdrawn: int = 0
    held: int = 0
    refused: tuple[Refusal, ...] = ()

    @property
    def changed(self) -> int:
        return self.accepted + self.revised + self.withdrawn


def take_in(
    store: Store,
    table: RegionTable,
    site: Site,
    now: datetime,
    *,
    told: Callable[[], Collection[int]] = frozenset,
    progress: Progress = lambda _done, _total: None,
) -> Intake:
    """Bring what newsdesk knows up to date with what the newsroom wrote.

    `told` gives the numbers of articles that were mailed; they keep their story.
    """
    store.release_due(now)
    total, done, outcomes = store.changes_waiting(), 0, _Outcomes()
    while total > 0:
        seq, numbers = store.changed_articles(BATCH_ARTICLES)
        if not numbers:
            break
        with database.write(store.db):
            for number in numbers:
                _take_in_one(store, table, site, now, number, outcomes)
            store.move_cursor("intake", seq)
        done += len(numbers)
        progress(min(done, total), total)
    store.forget_changes()
    if store.ungrouped_span():
        from articles import grouping  # brings NumPy

        grouping.group_new(store, now, told)
    return outcomes.intake()


class _Outcomes:
    """Counts of one run, by what became of each article."""

    def __init__(self) -> None:
        self.counts = {"accepted": 0, "revised": 0, "withdrawn": 0, "held": 0}
        self.refused: list[Refusal] = []

    def intake(self) -> Intake:
        return Intake(**self.counts, refused=tuple(self.refused))


def _take_in_one(
    store: Store, table: RegionTable, site: Site, now: datetime, number: int, outcomes: _Outcomes
) -> None:
    before = store.accepted(number)
    row = store.draft(number)
    if row is None or row[1].status in ("draft", "withdrawn"):
        store.forget_refusal(number)
        if before is not None and before.state != "withdrawn":
            _withdraw(store, before, now)
            outcomes.counts["withdrawn"] += 1
        return
    uri, draft = row
    try:
        after = _accepted(store, uri, draft, number, before, now)
    except clean.RefusedError as error:
        store.refuse(number, str(error), now)
        outcomes.refused.append(Refusal(where=f"article {number}", reason=str(error)))
        return
    decision = decisions.of(store, number)
    placements = placing.placements(after.article, draft.regions, decision, table, site)
    after = replace(after, article=placing.placed(after.article, placements, table, site))
    if before is not None and _same(before, after):
        store.place(number, placements)  # the same regions, now perhaps by an editor's word
        store.forget_refusal(number)
        return
    store.accept(after, placements, before, now)
    if after.state == "held":
        outcomes.counts["held"] += 1
    else:
        outcomes.counts["accepted" if before is None or before.state != "live" else "revised"] += 1


def _accepted(
    store: Store, uri: str, draft: Draft, number: int, before: Accepted | None, now: datetime
) -> Accepted:
    """The row as it shall stand, regions still to come.

    Raises:
        clean.RefusedError: it cannot be published as it is.
    """
    first_seen_at = before.first_seen_at if before else now
    article = clean.article(draft, id=uri, first_seen_at=first_seen_at, number=number, now=now)
    if article.url and (other := store.address_taken(article.url, number)):
        raise clean.RefusedError(
            f"its address {article.url} is that of article {other} already; withdraw one of the two"
        )
    if before is not None and before.state != "held":
        said = article.updated_at if draft.updated_at else now
        article = _continued(article, before.article, said, now)
    state: State = "held" if article.published_at > now else "live"
    return Accepted(article=article, state=state, first_seen_at=first_seen_at)


def _continued(article: Article, before: Article, said: datetime, now: datetime) -> Article:
    """An article readers know, in new words: `published` stays, `updated` moves with the words.

    `said` is when the newsroom says it changed them; it counts unless it cannot be.
    """
    if digest(article) == digest(before):
        return replace(
            article,
            revision=before.revision,
            published_at=before.published_at,
            updated_at=before.updated_at,
        )
    return replace(
        article,
        revision=before.revision + 1,
        published_at=before.published_at,
        updated_at=said if before.updated_at < said <= now else now.replace(microsecond=0),
    )


def digest(article: Article) -> str:
    """SHA-256 of what the article says (WORDS)."""
    words = [getattr(article, name) for name in WORDS]
    return hashlib.sha256(msgspec.json.encode(words)).hexdigest()


def _same(before: Accepted, after: Accepted) -> bool:
    return before.state == after.state and before.article == replace(
        after.article, story=before.article.story
    )


def _withdraw(store: Store, before: Accepted, now: datetime) -> None:
    article = replace(before.article, updated_at=now.replace(microsecond=0))
    gone = Accepted(article=article, state="withdrawn", first_seen_at=before.first_seen_at)
    store.accept(gone, store.placements(article.number), before, now)
