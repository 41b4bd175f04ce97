"""Real articles in many languages: what is put together is what feedgen writes, byte for byte."""

from __future__ import annotations

import gzip
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from articles import intake, shelves, sources
from articles.model import Article, Draft
from feeds import atom, build, history, jsonfeed, rendering, rss
from feeds.catalog import Choice
from feeds.entries import Entries

if TYPE_CHECKING:
    from conftest import Desk

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "articles.jsonl.gz"

#: One of so many articles: all of them take the intake alone a minute.
EVERY = 80


def with_story_that_has_a_feed(desk: Desk, article: Article) -> Article:
    has = article.story is not None and shelves.has_feed(desk.store, article.story)
    return article if has else replace(article, story=None)


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.exists(), reason="no shared data")
def test_every_feed_is_byte_for_byte_what_feedgen_writes_with_our_extension(desk: Desk) -> None:
    with gzip.open(CORPUS) as lines:
        some = b"".join(line for place, line in enumerate(lines) if place % EVERY == 0)
    found = sources.read("articles.jsonl", BytesIO(some))
    desk.store.name_desk("news.example.org", "2026-11-22")
    desk.store.save(each for each in found if isinstance(each, Draft))
    intake.take_in(desk.store, desk.table, desk.site, desk.now)
    desk.publish(choice=Choice())
    desk.publish(choice=Choice(), full=True)
    listed = rendering.listed(desk.store, desk.site, desk.table, (), Choice())

    compared = 0
    with closing(Entries(desk.store, desk.table, desk.site, "")) as entries:
        for feed in listed:
            made, numbers = rendering.compose(desk.store, entries, (), feed, desk.site)
            articles = desk.store.articles(numbers)
            told = [with_story_that_has_a_feed(desk, articles[number]) for number in numbers]
            before = history.of_feed(desk.store, feed.name)
            plain = replace(
                made,
                entries=tuple(build.entry(each, desk.site, desk.table) for each in told),
                previous=f"{made.address}/{before[-1].name}" if before else None,
            )
            for each in (rss, atom):
                name = feed.file(each.__name__.removeprefix("feeds."))
                assert desk.file(name) == each.document(plain), name
                compared += 1
            assert desk.file(feed.file("json")) == jsonfeed.render(plain)

    assert compared > 100
