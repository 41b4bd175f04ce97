"""The store's articles in, each with its story out: the new at once, all again before a digest.

Grouping a window again costs by the window: done at once where that is small, or a good part of it
new. Else each new article joins a live story as it comes, at a cost of its own, and `repair` groups
the window again before the next digest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from articles import database, storybook
from articles.live import LIVE_DAYS, LiveStories
from articles.model import Article
from articles.reconciliation import reconcile
from articles.store import Store
from articles.stories import group

#: Grouped again whenever something comes: half a second of work.
WINDOW_SMALL = 1_000

#: A window of which this share is new is grouped again as well: that costs a constant an article.
SHARE_NEW = 0.1

#: An article is settled, and stays where it is, when it has been known for so long.
SETTLED = timedelta(days=1)

#: Set while articles joined stories as they came, and the window was not grouped since.
JOB = "stories"

Told = Callable[[], Collection[int]]


def group_new(store: Store, now: datetime, told: Told = frozenset) -> None:
    """Give every live article that has no story one.

    `told` gives the numbers of articles that were mailed; they keep their story, as do those that
    are settled, or an editor's.
    """
    span = store.ungrouped_span()
    if span is None:
        return
    reach = timedelta(days=LIVE_DAYS)
    window = store.live_between(span[0] - reach, span[1] + reach)
    new = sum(article.story is None for article in window)
    if len(window) <= WINDOW_SMALL or new >= SHARE_NEW * len(window):
        _group_again(store, window, now, told)
    else:
        _join(store, window, now)


def repair(store: Store, now: datetime, told: Told = frozenset) -> None:
    """Group the last days again, if articles joined stories as they came; before a digest."""
    if not store.cursor(JOB):
        return
    window = store.live_between(now - timedelta(days=LIVE_DAYS), now)
    _group_again(store, window, now, told)
    store.move_cursor(JOB, 0)


def _group_again(store: Store, window: Sequence[Article], now: datetime, told: Told) -> None:
    if not window:
        return
    groups = group(window)  # takes a while after a large import: no lock is held meanwhile
    numbers = {article.id: article.number for article in window}
    with database.write(store.db):
        fixed = {
            *told(),
            *storybook.tied(store),
            *store.settled(window[0].published_at, now - SETTLED),
        }
        reconciled = reconcile(
            groups,
            {article.id: article.story for article in window if article.story is not None},
            new_id=lambda: store.new_story(now),
            told={article.id for article in window if article.number in fixed},
        )
        for gone, into in reconciled.aliases.items():
            store.merge_story(gone, into)
        store.assign_stories((story, numbers[uri]) for uri, story in reconciled.stories.items())


def _join(store: Store, window: Sequence[Article], now: datetime) -> None:
    with database.write(store.db):
        versions = store.versions(article.number for article in window)
        known = _remembered(window, versions)
        known.live.new_id = lambda: store.new_story(now)
        joined = []
        for article in window:
            if article.story is None:
                story = known.live.add(article)
                joined.append((story, article.number))
            elif versions[article.number] not in known.articles:
                known.live.know(article, article.story)
        store.assign_stories(joined)
        store.move_cursor(JOB, 1)
        # Again: with the story of an article those of its companions change.
        versions = store.versions(article.number for article in window)
    known.articles = {versions[article.number]: article.published_at for article in window}
    LAST[:] = [known]


@dataclass(slots=True)
class _Known:
    """The live stories as the last run left them, and when the articles they know came."""

    live: LiveStories = field(default_factory=lambda: LiveStories(new_id=int))
    articles: dict[bytes, datetime] = field(default_factory=dict)  # by their versions


#: A desk that runs need not tell a large window again for each article that comes (measured: 0.5 s
#: for 1,700 articles). Versions are random, so this is never taken for the window of another store.
LAST: list[_Known] = []


def _remembered(window: Sequence[Article], versions: Mapping[int, bytes]) -> _Known:
    """What is known from the last run; nothing, where an article of the window was changed, was
    moved to another story or is gone."""
    known = LAST.pop() if LAST else _Known()
    present = {versions[article.number] for article in window}
    since = window[0].published_at
    if any(at >= since and version not in present for version, at in known.articles.items()):
        return _Known()
    return known
