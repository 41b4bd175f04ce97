"""Nothing hostile is alive in bodies, feeds and mail: in Chromium, and by another sanitiser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from articles.model import Article, Site
from articles.regions import RegionTable
from feeds import atom, jsonfeed, rss
from feeds.build import FEED_ARTICLES_MAX, build
from newsletter.render import render
from tests import hostile
from tests.hostile import NOW, OURS, PURIFY, Watched
from tests.newsletter.editions import NEWSLETTER, Newsroom

pytestmark = pytest.mark.slow

#: media:description beside it is plain text, as its specification says.
HTML_IN_RSS = ("description", "{http://purl.org/rss/1.0/modules/content/}encoded")


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    made = hostile.articles()
    assert len(made) > len(OURS) // 2
    return made


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with hostile.watching() as page:
        yield page


@pytest.fixture(scope="module")
def documents(articles: list[Article]) -> dict[str, list[bytes]]:
    """All articles in RSS, in Atom and in JSON Feed."""
    site = Site(
        name="M", url="https://news.example.org/", public_url="https://news.example.org/"
    )  # fmt: skip
    table = RegionTable.load()
    made: dict[str, list[bytes]] = {"rss": [], "atom": [], "json": []}
    for start in range(0, len(articles), FEED_ARTICLES_MAX):
        feed = build("all", articles[start : start + FEED_ARTICLES_MAX], site, table, NOW)
        for name, format_ in (("rss", rss), ("atom", atom), ("json", jsonfeed)):
            made[name].append(format_.render(feed))
    return made


def shown_by_readers(documents: dict[str, list[bytes]]) -> Iterator[str]:
    """What readers put on a page: each element that holds HTML. All others are plain text."""
    for document in (*documents["rss"], *documents["atom"]):
        for element in etree.fromstring(document).iter():
            if element.text and (element.get("type") == "html" or element.tag in HTML_IN_RSS):
                yield element.text
    for document in documents["json"]:
        for item in json.loads(document)["items"]:
            yield item.get("content_html", "")


def test_the_watch_notices_what_is_alive(watched: Watched) -> None:
    assert watched.shows("<img src=x onerror=alert(1)>")
    assert watched.shows("<script>alert(1)</script>")
    assert watched.shows("<a href=javascript:alert(1)>x</a>")
    assert watched.shows("<link rel=stylesheet href=https://e.example/x.css>")
    assert watched.shows("<p>Words <a href=https://news.example.org/>and a link</a>.") == []


def test_no_body_comes_alive(watched: Watched, articles: list[Article]) -> None:
    page = "".join(f"<div>{article.body_html}</div>" for article in articles)

    assert watched.shows(page) == []


def test_no_feed_comes_alive_in_a_reader(
    watched: Watched, documents: dict[str, list[bytes]]
) -> None:
    words = list(dict.fromkeys(shown_by_readers(documents)))

    assert watched.shows("".join(f"<div>{each}</div>" for each in words)) == []


def test_no_feed_comes_alive_when_it_is_opened_itself(
    watched: Watched, documents: dict[str, list[bytes]], tmp_path: Path
) -> None:
    for name in ("rss", "atom"):
        for number, document in enumerate(documents[name][::6]):
            path = tmp_path / f"{number}.{name}.xml"
            path.write_bytes(document)
            watched.asked.clear()
            watched.page.goto(path.as_uri())
            assert watched.page.evaluate("window.ran") == []
            assert [ask for ask in watched.asked if "news.example.org/feeds/" not in ask] == []


def test_no_mail_comes_alive(watched: Watched, articles: list[Article]) -> None:
    """Titles, standfirsts, names and pictures are what a digest takes of an article."""
    for start in range(0, min(len(articles), 400), 40):
        room = Newsroom()
        for each in articles[start : start + 40]:
            room.write(
                each.title, standfirst=each.standfirst, authors=each.authors, image=each.image,
                section=each.section, dateline=each.dateline, correction=each.correction,
            )  # fmt: skip
        mail = render(room.edition(), NEWSLETTER)
        own = re.sub(
            f'href="newsdesk-{mail.seal}-[a-z]*"', "", mail.html
        )  # links that each reader gets
        assert watched.shows(own) == []


def test_another_sanitiser_finds_nothing_to_remove(
    watched: Watched, articles: list[Article]
) -> None:
    watched.page.goto("about:blank")
    watched.page.add_script_tag(path=PURIFY)

    removed = watched.page.evaluate(
        """bodies => bodies.flatMap(body => {
            DOMPurify.sanitize(body)
            return DOMPurify.removed.map(
                one => body.slice(0, 200) + ' ! ' +
                    (one.element ? one.element.nodeName : one.attribute && one.attribute.name))
        })""",
        [article.body_html for article in articles],
    )

    assert removed == []
