"""The store's articles in, each with its story out: the new at once, all again before a digest.

Grouping a window again costs by the window: done at once where that is small, or a good part of it
new. Else each new article joins a live story as it comes, at a cost of its own, and `repair` groups
the window again before the next digest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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
        live = LiveStories(new_id=lambda: store.new_story(now))
        joined = []
        for article in window:
            if article.story is not None:
                live.know(article, article.story)
            else:
                joined.append((live.add(article), article.number))
        store.assign_stories(joined)
        store.move_cursor(JOB, 1)
