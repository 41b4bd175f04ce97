"""Stories as the store has them in, the same and the editor's decisions about them out. SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from articles import database
from articles.errors import NewsdeskError
from articles.model import Article, Story
from articles.store import Store, stamp


class StoryError(NewsdeskError):
    """What an editor asked for cannot be: the message names the story or article, and why."""


def current(store: Store, number: int) -> int:
    """The story that `number` is now: itself, or the one it was merged into.

    Raises:
        StoryError: there never was such a story.
    """
    row = store.db.execute(
        """
        WITH RECURSIVE path (id, merged_into) AS (
            SELECT id, merged_into FROM stories WHERE id = ?
            UNION
            SELECT s.id, s.merged_into FROM stories s JOIN path p ON s.id = p.merged_into
        )
        SELECT id FROM path WHERE merged_into IS NULL
        """,
        (number,),
    ).fetchone()
    if row is None:
        raise StoryError(f"no story {number}; `newsdesk stories` lists those of a day")
    return int(row[0])


def story(store: Store, number: int) -> Story:
    """A story, or the one it was merged into, with its live articles, oldest first.

    Raises:
        StoryError: there is none, or all its articles were withdrawn.
    """
    number = current(store, number)
    articles = of_stories(store, [number])
    if not articles:
        raise StoryError(f"story {number} has no article left")
    return Story(id=number, articles=articles)


def of_stories(store: Store, numbers: Collection[int]) -> tuple[Article, ...]:
    """The live articles of some stories, oldest first."""
    marks = ", ".join("?" * len(numbers))
    found = store.db.execute(
        f"""
        SELECT article_id FROM accepted INDEXED BY accepted_story
        WHERE state = 'live' AND story_id IN ({marks})
        """,
        tuple(numbers),
    )
    articles = store.articles(number for (number,) in found).values()
    return tuple(sorted(articles, key=lambda article: (article.published_at, article.id)))


def live(store: Store, since: datetime) -> tuple[Story, ...]:
    """The stories that an article has joined after `since`, each whole, by id."""
    rows = store.db.execute(
        """
        SELECT DISTINCT story_id FROM accepted
        WHERE state = 'live' AND published_at > ? AND story_id IS NOT NULL ORDER BY story_id
        """,
        (stamp(since),),
    ).fetchall()
    by_story: dict[int, list[Article]] = {number: [] for (number,) in rows}
    for article in of_stories(store, by_story):
        assert article.story is not None
        by_story[article.story].append(article)
    return tuple(Story(id=number, articles=tuple(all_)) for number, all_ in by_story.items())


def aliases(store: Store) -> dict[int, int]:
    """Every story that was merged away, and the one it is now."""
    gone = store.db.execute("SELECT id FROM stories WHERE merged_into IS NOT NULL").fetchall()
    return {number: current(store, number) for (number,) in gone}


# The editor's word.


def tied(store: Store) -> set[int]:
    """The numbers of articles whose story an editor has decided."""
    return {number for (number,) in store.db.execute("SELECT article_id FROM story_decisions")}


def merge(store: Store, into: int, gone: int, now: datetime) -> Story:
    """Make one story of two, for good; the one that is `gone` leads to the other from now on.

    Raises:
        StoryError: there is no such story, or the two are one.
    """
    with database.write(store.db):
        into, gone = current(store, into), current(store, gone)
        if into == gone:
            raise StoryError(f"these are one story already: {into}")
        numbers = [article.number for article in of_stories(store, [into, gone])]
        _tie(store, numbers, into, now)
        store.merge_story(gone, into)
    return story(store, into)


def split(
    store: Store, number: int, articles: Collection[int], told: Collection[int], now: datetime
) -> Story:
    """Take `articles` out of a story and make one of their own of them, for good.

    Raises:
        StoryError: one of them is not in the story, was mailed in it, or none would be left there.
    """
    with database.write(store.db):
        number = current(store, number)
        members = {article.number for article in of_stories(store, [number])}
        for each in sorted(articles):
            if each not in members:
                raise StoryError(f"article {each} is not in story {number}")
            if each in told:
                raise StoryError(
                    f"article {each} was mailed in story {number}, and stays there: readers were"
                    " told so; split the others instead"
                )
        left = members - set(articles)
        if not left:
            raise StoryError(f"no article would be left in story {number}")
        made = store.new_story(now)
        _tie(store, articles, made, now)
        _tie(store, left, number, now)
    return story(store, made)


def pin(store: Store, article: int, number: int, told: Collection[int], now: datetime) -> Story:
    """Put an article into a story and keep it there, whatever grouping says.

    Raises:
        StoryError: there is no such story, or the article was mailed in another.
    """
    with database.write(store.db):
        number = current(store, number)
        found = store.articles([article]).get(article)
        if found is None:
            raise StoryError(f"article {article} is not live")
        if article in told and found.story != number:
            raise StoryError(
                f"article {article} was mailed in story {found.story}, and stays there; merge the"
                f" two: `newsdesk stories merge {number} {found.story}`"
            )
        # What is left where it was, and what it joins, is meant to be so as well.
        for each in of_stories(store, [number, found.story or number]):
            assert each.story is not None
            _tie(store, [each.number], each.story, now)
        _tie(store, [article], number, now)
    return story(store, number)


def put_first(store: Store, number: int, until: datetime) -> Story:
    """Have digests begin with a story until then; a moment that is past takes it back.

    Raises:
        StoryError: there is no such story, or no article is left in it.
    """
    found = story(store, number)
    store.db.execute(
        """
        INSERT INTO first_stories VALUES (?, ?)
        ON CONFLICT (story_id) DO UPDATE SET until_at = excluded.until_at
        """,
        (found.id, stamp(until)),
    )
    return found


def _tie(store: Store, articles: Iterable[int], number: int, now: datetime) -> None:
    articles = list(articles)
    store.assign_stories((number, article) for article in articles)
    assert store.db.conn is not None
    store.db.conn.executemany(
        "INSERT OR REPLACE INTO story_decisions VALUES (?, ?, ?)",
        ((article, number, stamp(now)) for article in articles),
    )
