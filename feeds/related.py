"""Articles that changed in, what to read after each as JSON and HTML files out. Reads SQLite.

    related/12.json    up to five articles, for a site that builds its own block
    related/12.html    the same as a fragment, for a page that includes it

A page asks by the article's number in the store. What is withdrawn is nobody's related article, and
has no file of its own.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from html import escape

import msgspec

from articles import database
from articles.model import Article
from articles.store import Store, stamp

#: The folder of all this, below the public one.
FOLDER = "related/"

#: What came so long before or after an article may be its related one, beside its own story;
AROUND = timedelta(days=14)
#: of a busy desk, these nearest in time. They bound the work of one file.
AROUND_MAX = 300

#: Files written in one publication at most: a large archive gets its own over some hours.
FILES_MAX = 2_000

#: Articles compared with one another at a time.
BATCH = 200

File = tuple[str, bytes | None]


class Related:
    """All files that have to be looked at now; iterate, and when they stand, call `published`."""

    def __init__(self, store: Store, *, full: bool = False) -> None:
        self._store = store
        if full:
            with database.write(store.db) as connection:
                connection.execute(_ALL)
        self._due = store.db.execute(_DUE, (FILES_MAX,)).fetchall()
        self._changed = [number for number, _ in self._due]

    def __iter__(self) -> Iterator[File]:
        live = self._store.articles(self._changed)
        for number in self._changed:
            if number not in live:
                yield f"{FOLDER}{number}.json", None
                yield f"{FOLDER}{number}.html", None
        live |= self._store.articles(self._led_to({*self._changed} - live.keys()))
        ordered = sorted(live.values(), key=lambda article: (article.published_at, article.id))
        done = set(live)
        for at in range(0, len(ordered), BATCH):
            changed = {article.number: article for article in ordered[at : at + BATCH]}
            around = self._store.articles(self._around([*changed.values()]))
            linkable = [article for article in around.values() if article.url]
            from articles.related import choices  # brings NumPy: only where there is work for it

            found = choices(linkable, {article.id for article in linkable})
            for article in changed.values():
                yield from _files(article, found.get(article.id, ()))
            for number in sorted(around.keys() - done):  # they may lead to what is new
                yield from _files(around[number], found.get(around[number].id, ()))
            done |= around.keys()

    def published(self) -> None:
        """Note that all of them stand; what was changed again meanwhile stays due."""
        if not self._due:
            return
        with database.write(self._store.db) as connection:
            connection.executemany(
                "DELETE FROM related_due WHERE article_id = ? AND mark = ?", self._due
            )

    def _led_to(self, gone: Collection[int]) -> set[int]:
        """The articles whose files may lead to what is gone: those around it."""
        found: set[int] = set()
        for number in gone:
            before = self._store.accepted(number)
            if before is not None:
                found |= self._around([before.article])
        return found

    def _around(self, changed: Sequence[Article]) -> set[int]:
        """The articles that some may be related to, these included."""
        stories = sorted({article.story for article in changed if article.story is not None})
        first, last = changed[0].published_at, changed[-1].published_at
        asked = (
            (_STORY, (json.dumps(stories),)),
            (_BEFORE, (stamp(first - AROUND), stamp(last), AROUND_MAX + len(changed))),
            (_AFTER, (stamp(first), stamp(last + AROUND), AROUND_MAX + len(changed))),
        )
        return {number for sql, given in asked for (number,) in self._store.db.execute(sql, given)}


def _files(article: Article, related: Sequence[Article]) -> Iterator[File]:
    yield f"{FOLDER}{article.number}.json", as_json(article, related)
    yield f"{FOLDER}{article.number}.html", as_html(related)


def as_json(article: Article, related: Sequence[Article]) -> bytes:
    """What to read after `article`, as a site's own templates take it."""
    document = {
        "article": article.id,
        "number": article.number,
        "story": article.story,
        "related": [dict(_row(article, each)) for each in related],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _row(article: Article, each: Article) -> Iterator[tuple[str, object]]:
    yield "article", each.id
    yield "number", each.number
    yield "title", each.title
    yield "url", each.url
    yield "published_at", stamp(each.published_at)
    yield "same_story", article.story is not None and each.story == article.story
    if each.standfirst:
        yield "standfirst", each.standfirst
    if each.language:
        yield "language", each.language
    if each.image is not None:
        yield "image", {"url": each.image.url, "alt": each.image.alt}


def as_html(related: Sequence[Article]) -> bytes:
    """The same as a list for a page to include, without a heading; nothing where there is none."""
    if not related:
        return b""
    lines = ['<ul class="related-stories">', *map(_item, related), "</ul>", ""]
    return "\n".join(lines).encode()


def _item(article: Article) -> str:
    day = f"{article.published_at:%Y-%m-%d}"
    language = f' lang="{escape(article.language)}"' if article.language else ""
    return (
        f'<li><a href="{escape(article.url or "")}"{language} dir="auto">'
        f'{escape(article.title)}</a> <time datetime="{day}">{day}</time></li>'
    )


_ALL = """
    INSERT INTO related_due (article_id) SELECT article_id FROM accepted
    WHERE article_id NOT IN (SELECT article_id FROM related_due)
"""
_DUE = "SELECT article_id, mark FROM related_due ORDER BY article_id DESC LIMIT ?"
_STORY = """
    SELECT article_id FROM accepted INDEXED BY accepted_story
    WHERE state = 'live' AND story_id IN (SELECT value FROM json_each(?))
"""
_BEFORE = """
    SELECT article_id FROM accepted
    WHERE state = 'live' AND published_at BETWEEN ? AND ?
    ORDER BY published_at DESC, article_id DESC LIMIT ?
"""
_AFTER = """
    SELECT article_id FROM accepted
    WHERE state = 'live' AND published_at BETWEEN ? AND ?
    ORDER BY published_at, article_id LIMIT ?
"""
