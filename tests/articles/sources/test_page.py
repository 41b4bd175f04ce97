"""An article's HTML page becomes a draft without the page's furniture."""

from __future__ import annotations

from pathlib import Path

import pytest

from articles.markup import html
from articles.model import Draft, Refusal
from articles.plain import text_of
from articles.sources import page

PAGES = Path(__file__).parent / "pages"


def draft(markup: str | bytes, **said: str) -> Draft:
    found = page.read(markup.encode() if isinstance(markup, str) else markup, **said)
    assert isinstance(found, Draft)
    return found


def around(head: str = "", body: str = "", paragraphs: int = 6) -> str:
    prose = (
        "<p>The ferry left the island at six, with nine people and a piano aboard, and nobody on "
        "the quay could say who had ordered it or where it was to be played.</p>"
    )
    return (
        "<!doctype html><html lang=en><head><title>Piano at Sea | Velmar Courier</title>"
        f"{head}</head><body><article><h1>A Piano at Sea</h1>{body}{prose * paragraphs}"
        "</article></body></html>"
    )


def test_a_page_with_everything_gives_everything() -> None:
    found = draft((PAGES / "ferry.html").read_bytes())

    assert found.title == "A Piano Crosses the Sound"
    assert found.standfirst == "Nobody on the quay knew who had ordered it."
    assert found.url == found.source_key == "https://courier.example/2026/piano"
    assert found.authors == ("Ines Halvorsen", "Tomas Reyel")
    assert found.published_at == "2026-11-20T06:10:00+01:00"
    assert found.updated_at == "2026-11-20T09:30:00+01:00"
    assert (found.section, found.language) == ("Islands", "en-GB")
    assert found.tags == ("Ferries", "Music & noise")
    assert found.image_url == "https://courier.example/i/piano.jpg?w=1200"
    assert found.image_alt == "A piano under a tarpaulin"
    assert found.image_caption == "The piano on the car deck."
    assert found.image_credit == "Coastal Picture Service"


def test_the_body_has_the_words_and_not_the_furniture() -> None:
    found = draft((PAGES / "ferry.html").read_bytes())
    text = text_of(html(found.body_html, found.url))

    for words in ("left the island at six", "What the captain said", "“It was not on the list,”"):
        assert words in text
    for furniture in (
        "Subscribe", "cookies", "Share on", "Most read", "Salt marsh farmers",
        "All rights reserved", "A Piano Crosses", "By Ines", "alert(",
    ):  # fmt: skip
        assert furniture not in text
    assert '<a href="https://courier.example/islands"' in html(found.body_html, found.url)


def test_the_callers_date_is_used_only_where_the_page_has_none() -> None:
    dated = '<meta property="article:published_time" content="2026-11-20">'

    assert draft(around(), published="2026-01-01").published_at == "2026-01-01"
    assert draft(around(dated), published="2026-01-01").published_at == "2026-11-20"
    assert draft(around(body="<time datetime=2026-11-19>y</time>")).published_at == "2026-11-19"


def test_the_callers_address_goes_before_the_pages() -> None:
    head = '<link rel=canonical href="https://courier.example/1">'

    assert draft(around(head)).url == "https://courier.example/1"
    assert draft(around(head), url="https://courier.example/2").url == "https://courier.example/2"


@pytest.mark.parametrize(
    ("json_ld", "authors"),
    [
        ('{"@type":"NewsArticle","author":"Ines Halvorsen"}', ("Ines Halvorsen",)),
        ('{"@graph":[{"@type":"WebPage"},{"@type":["Report"],'
         '"author":[{"name":"A B"},{"name":"C D"}]}]}', ("A B", "C D")),
        ('[{"@type":"BlogPosting","author":{"name":"O&#039;Neil Vask"}}]', ("O'Neil Vask",)),
        ('{"@type":"NewsArticle","author":{"name":"Nordpress GmbH, Oslo, Norway"}}',
         ("Nordpress GmbH, Oslo, Norway",)),
        ("{broken", ()),
        ("[" * 50_000, ()),
        ('{"@type":"NewsArticle","author":{"name":{"x":[1]}}}', ()),
    ],
)  # fmt: skip
def test_json_ld_is_read_in_all_its_shapes(json_ld: str, authors: tuple[str, ...]) -> None:
    script = f'<script type="application/ld+json">{json_ld}</script>'

    assert draft(around(script)).authors == authors


def test_a_heading_that_holds_the_sites_name_is_no_headline() -> None:
    head = '<meta property="og:title" content="Night Trains Return">'
    markup = around(head).replace("A Piano at Sea", "Velmar Courier")

    assert draft(markup).title == "Night Trains Return"


def test_a_page_without_a_heading_is_named_by_its_tab_without_the_site() -> None:
    markup = around().replace("<h1>A Piano at Sea</h1>", "")

    assert draft(markup).title == "Piano at Sea"


def test_a_page_in_an_old_encoding_is_read() -> None:
    markup = around('<meta charset="windows-1252">').replace("A Piano", "Ein Klavier für Jörn, ")

    assert draft(markup.encode("cp1252")).title.startswith("Ein Klavier für Jörn")


@pytest.mark.parametrize(
    "data",
    [b"", b"no markup at all", b"<html><body><p>x</p></body></html>", b"\x00" * 100,
     b"<html>" + b" " * page.PAGE_BYTES_MAX],
    ids=["empty", "text", "no headline", "zeros", "large"],
)  # fmt: skip
def test_what_is_no_page_is_refused_with_a_reason(data: bytes) -> None:
    found = page.read(data)

    assert isinstance(found, Refusal)
    assert found.reason
