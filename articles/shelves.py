"""A feed's name in, what stands on its shelf out: labels, stories, losses, old words. SQLite.

Beside `articles.store`, whose tables these are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from articles.model import EVERYWHERE, Article
from articles.store import Store, moment, stamp

#: A story nobody wrote about for so long gets no feed any more; one that has a feed keeps it.
STORY_LIVES = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An article readers had, and are to have no longer."""

    article: Article
    at: datetime


def labels(store: Store) -> dict[str, str]:
    """What people call a section, an author or a tag, by the name of its feed."""
    return dict(store.db.execute("SELECT feed, label FROM feed_labels"))


def live_stories(store: Store) -> frozenset[str]:
    """Feeds of the stories that have two articles or more, one of them of the last STORY_LIVES.

    Counted from the newest article of all, so that the same articles give the same feeds.
    """
    rows = store.db.execute(
        """
        SELECT DISTINCT c.region FROM accepted a
        JOIN region_counts c ON c.region = 'story_' || a.story_id
        WHERE a.state = 'live' AND a.published_at > ? AND c.articles > 1
        """,
        (_since(store),),
    )
    return frozenset(name for (name,) in rows)


def has_feed(store: Store, story: int) -> bool:
    """Whether a story has a feed: it is live, or was when it was published."""
    name = f"story_{story}"
    (found,) = store.db.execute(
        """
        SELECT EXISTS (SELECT 1 FROM published_files WHERE name = ? AND digest <> '')
            OR (SELECT count(*) > 1 AND max(published_at) > ? FROM region_articles
                WHERE region = ?)
        """,
        (f"feeds/{name}.rss", _since(store), name),
    ).fetchone()
    return bool(found)


def _since(store: Store) -> str:
    (newest,) = store.db.execute(
        "SELECT max(published_at) FROM region_articles WHERE region = ?", (EVERYWHERE,)
    ).fetchone()
    return stamp(moment(newest) - STORY_LIVES) if newest else ""


def withdrawn(store: Store, *, limit: int) -> tuple[Withdrawn, ...]:
    """The articles withdrawn last, the last first; each with the regions it was in."""
    rows = store.db.execute(
        """
        SELECT article_id, updated_at FROM accepted INDEXED BY accepted_withdrawn
        WHERE state = 'withdrawn' ORDER BY updated_at DESC, article_id DESC LIMIT ?
        """,
        (limit,),
    ).fetchall()
    found = []
    for number, at in rows:
        known = store.accepted(number)
        assert known is not None
        found.append(Withdrawn(known.article, moment(at)))
    return tuple(found)


def as_it_was(store: Store, article: Article, revision: int) -> Article:
    """The words of an earlier revision under the regions and story the article has now."""
    row = store.db.execute(
        "SELECT document FROM revisions WHERE article_id = ? AND revision = ?",
        (article.number, revision),
    ).fetchone()
    if row is None:
        return article
    earlier = msgspec.json.decode(row[0], type=Article)
    return replace(earlier, regions=article.regions, story=article.story)
