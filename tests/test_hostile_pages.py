"""Nothing hostile is alive on pages and in whole mails: in a real Chromium, and by DOMPurify."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from articles.model import Article
from feeds import related
from newsletter import pages, subscribers, tokens, twin
from newsletter.archive import Amendment, Archived, Piece
from newsletter.languages import words
from newsletter.model import Rendered
from newsletter.render import render
from newsletter.wishes import checked, resolver
from tests import hostile
from tests.hostile import NOW, Watched
from tests.newsdesk.web.newsroom import SITE, TABLE
from tests.newsdesk.web.newsroom import Newsroom as Desk
from tests.newsletter.editions import NEWSLETTER, Newsroom

pytestmark = pytest.mark.slow

#: Articles of a mail; mails and pages looked at.
EACH, MAILS = 40, 5

SECRET = "a secret of the test's desk"


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return hostile.articles()


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with hostile.watching() as page:
        yield page


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, SITE)


def spread(articles: list[Article], count: int) -> list[Article]:
    """So many of them, from all collections."""
    return articles[:: max(1, len(articles) // count)][:count]


def mails(articles: list[Article]) -> Iterator[tuple[list[Article], Rendered]]:
    chosen = spread(articles, EACH * MAILS)
    for start in range(0, len(chosen), EACH):
        some = chosen[start : start + EACH]
        room = Newsroom()
        for each in some:
            room.write(
                each.title, standfirst=each.standfirst, authors=each.authors, image=each.image,
                section=each.section, dateline=each.dateline, correction=each.correction,
            )  # fmt: skip
        yield some, render(room.edition(), NEWSLETTER)


def edition(mail: Rendered, subject: str) -> Archived:
    return Archived(
        id=1,
        day=NOW.date(),
        page="2026-11-22/0a1b2c3d4e5f.html",
        subject=subject,
        language="en",
        seal=mail.seal,
        created_at=NOW,
        regions=("Syria",),
        follows=("syria",),
        stories=EACH,
        told=EACH,
    )


def edition_page(some: list[Article], mail: Rendered) -> str:
    noted = [
        Amendment(title=each.title, url=each.url or "", text=each.correction, at=NOW)
        for each in some
    ]
    archived = edition(mail, some[0].title)
    return pages.edition_page(
        archived,
        mail.html,
        NEWSLETTER,
        before=replace(archived, day=NOW.date() - timedelta(days=1)),
        amendments=noted,
    )


def list_page(some: list[Article], mail: Rendered) -> str:
    editions = [edition(mail, each.title) for each in some]
    return pages.list_page("index", "Editions", editions, NEWSLETTER, TABLE, say=words("en"))


def at_home(html: str) -> str:
    """With its place on the web, so that its own links are links."""
    return re.sub("<head>", '<head><base href="https://news.example.org/feeds/">', html, count=1)


def test_no_page_of_an_edition_and_no_list_of_them_comes_alive(
    watched: Watched, articles: list[Article]
) -> None:
    for some, mail in mails(articles):
        assert watched.shows(at_home(edition_page(some, mail))) == []
        assert watched.shows(at_home(list_page(some, mail))) == []


def test_no_twin_of_an_edition_comes_alive(
    watched: Watched, articles: list[Article], tmp_path: Path
) -> None:
    for some, mail in mails(articles):
        pieces = [
            Piece(
                id=each.id, title=each.title, url=each.url or "", standfirst=each.standfirst,
                published_at="2026-11-22T05:00:00Z", updated_at="2026-11-22T05:00:00Z",
            )
            for each in some
        ]  # fmt: skip
        path = tmp_path / "twin.xml"
        path.write_bytes(twin.of_edition(edition(mail, some[0].title), pieces, NEWSLETTER))
        watched.asked.clear()
        watched.page.goto(path.as_uri())

        assert watched.page.evaluate("window.ran") == []
        assert watched.asked == [f"document {path.as_uri()}"] or watched.asked == []
        assert watched.shows(twin.headlines(pieces)) == []


def test_no_list_of_related_stories_comes_alive(watched: Watched, articles: list[Article]) -> None:
    assert watched.shows(related.as_html(spread(articles, 500)).decode()) == []


def test_the_page_of_feeds_does_not_come_alive(
    watched: Watched, articles: list[Article], desk: Desk
) -> None:
    slugs = [region.slug for region in TABLE.regions]
    desk.put(
        *(
            replace(each, regions=(slug,))
            for slug, each in zip(slugs, spread(articles, len(slugs)), strict=False)
        )
    )
    with desk.serve() as client:
        page = client.get("/feeds/").text

    assert page.count('<p class="latest') > len(slugs) // 2
    assert watched.shows(at_home(page)) == []


def test_no_feed_opened_over_http_runs_anything(
    watched: Watched, articles: list[Article], desk: Desk
) -> None:
    desk.put(*(replace(each, regions=("all",)) for each in spread(articles, 50)))
    desk.publish()
    watched.context.set_offline(False)
    try:
        with desk.serve() as client:
            for kind in ("rss", "atom", "json"):
                watched.asked.clear()
                watched.page.goto(f"{client.base_url}feeds/all.{kind}")
                own = [each for each in watched.asked if str(client.base_url) not in each]
                assert watched.page.evaluate("window.ran") == []
                assert own == []
    finally:
        watched.context.set_offline(True)


def test_no_form_gives_back_what_comes_alive(watched: Watched, desk: Desk) -> None:
    bodies = []
    with desk.serve(forwarded="X-Forwarded-For") as client:
        page = preferences_of_a_reader(desk)
        # 250 regions to choose from are on every form: what is always there is looked at once.
        usual = set(client.get("/mail/subscribe").text.splitlines())
        for number, payload in enumerate(spread_payloads()):
            client.headers["X-Forwarded-For"] = f"192.0.2.{number % 250}"
            for answer in (
                client.post("/mail/subscribe", data={"address": payload}),
                client.get("/mail/subscribe", params={"region": payload, "language": payload}),
                client.post(page, data={"region": payload, "hour": payload, "zone": payload}),
                client.get(f"/mail/u/{quote(payload, safe='')}"),
            ):
                assert answer.status_code < 500
                assert "<script" not in answer.text
                bodies += [line for line in answer.text.splitlines() if line not in usual]

    together = "".join(f"<div>{line}</div>" for line in bodies)
    assert len(bodies) > len(spread_payloads())
    assert watched.shows(at_home(f"<html><head></head><body>{together}</body></html>")) == []


def test_dompurify_finds_nothing_in_mails_and_pages_that_is_not_in_harmless_ones(
    watched: Watched, articles: list[Article]
) -> None:
    room = Newsroom()
    image = next(each.image for each in articles if each.image)
    for number in range(EACH):
        room.write(
            f"Headline {number}", standfirst="It is so.", authors=("A. B",), image=image,
            section="World", dateline="ANKARA, Nov. 20", correction="It was not.",
        )  # fmt: skip
    harmless = render(room.edition(), NEWSLETTER)
    plain = [replace(each, title="Headline", correction="It was.") for each in articles[:EACH]]

    for some, mail in mails(articles):
        assert watched.removed(mail.html) <= watched.removed(harmless.html)
        for made in (edition_page, list_page):
            assert watched.removed(made(some, mail)) <= watched.removed(made(plain, harmless))


def test_dompurify_finds_nothing_on_the_page_of_feeds_that_is_not_on_a_harmless_one(
    watched: Watched, articles: list[Article], desk: Desk
) -> None:
    slugs = [region.slug for region in TABLE.regions]
    some = [
        replace(each, regions=(slug,))
        for slug, each in zip(slugs, spread(articles, len(slugs)), strict=False)
    ]
    found = []
    for put in ([replace(each, title="Headline") for each in some], some):
        desk.put(*put)
        with desk.serve() as client:
            found.append(watched.removed(client.get("/feeds/").text))

    harmless, hostile_too = found
    assert hostile_too <= harmless


def spread_payloads() -> list[str]:
    known = hostile.payloads()
    return [*hostile.OURS, *known[:: max(1, len(known) // 12)]]


def preferences_of_a_reader(desk: Desk) -> str:
    """The path of a page on which somebody changes what they get."""
    with desk.store() as store:
        wish = checked(
            "anna@example.org", resolver(TABLE), hour="07:00", time_zone="UTC", language="en"
        )
        reader = subscribers.add(store.db, wish, now=NOW, source="a form")
    return f"/mail/p/{tokens.token((SECRET,), reader.key, tokens.PREFERENCES)}"
