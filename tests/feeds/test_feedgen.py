"""What feedgen 1.0.0 does wrong. Each test fails on the day it is mended: then our cure can go.

The cures are in feeds/extension.py, splice.py and build.py.
"""

from __future__ import annotations

import locale
from datetime import UTC, datetime
from typing import Any

import pytest
from feedgen.feed import FeedGenerator
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def generator() -> FeedGenerator:
    feed = FeedGenerator()
    feed.id("https://news.example.org/feeds/all")
    feed.title("The Meridian")
    feed.description("Foreign affairs")
    feed.link(href="https://news.example.org/", rel="alternate")
    feed.updated(AT)
    return feed


def with_entry(feed: FeedGenerator, number: int = 1) -> Any:
    entry = feed.add_entry(order="append")
    entry.id(f"tag:news.example.org,2026:article/{number}")
    entry.title(f"Article {number}")
    entry.content("<p>Text.</p>", type="html")
    entry.published(AT)
    entry.updated(AT)
    return entry


def test_links_of_an_atom_entry_lose_all_but_their_address() -> None:
    feed = generator()
    with_entry(feed).link(
        href="https://news.example.org/1.jpg", rel="enclosure", type="image/jpeg", length="9"
    )

    link = etree.fromstring(feed.atom_str()).find(f"{ATOM}entry/{ATOM}link")

    assert dict(link.attrib) == {"href": "https://news.example.org/1.jpg"}


def test_the_page_of_an_rss_channel_is_the_last_link_of_any_kind() -> None:
    feed = generator()
    feed.link(href="https://hub.example.org/", rel="hub")

    channel = etree.fromstring(feed.rss_str())[0]

    assert channel.findtext("link") == "https://hub.example.org/"


def test_rss_has_no_atom_link_but_self() -> None:
    feed = generator()
    feed.link(href="https://hub.example.org/", rel="hub")
    feed.link(href="https://news.example.org/feeds/all.rss", rel="self")

    links = etree.fromstring(feed.rss_str())[0].findall(f"{ATOM}link")

    assert [link.get("rel") for link in links] == ["self"]


def test_entries_may_have_links_of_five_kinds_only() -> None:
    with pytest.raises(ValueError, match="rel"):
        with_entry(generator()).link(href="https://news.example.org/story/1", rel="up")


def test_new_entries_are_put_first() -> None:
    feed = generator()
    for number in (1, 2):
        entry = feed.add_entry()
        entry.id(f"tag:news.example.org,2026:article/{number}")

    assert [entry.id()[-1] for entry in feed.entry()] == ["2", "1"]


def test_dates_nobody_set_are_those_of_the_clock() -> None:
    feed = FeedGenerator()

    assert feed.updated().year >= 2026
    assert feed.updated().microsecond or FeedGenerator().updated() != feed.updated()
    assert feed.add_entry().updated() >= feed.updated()


def test_cdata_content_is_of_a_type_atom_does_not_have() -> None:
    feed = generator()
    with_entry(feed).content("<p>Text.</p>", type="CDATA")

    content = etree.fromstring(feed.atom_str()).find(f"{ATOM}entry/{ATOM}content")

    assert content.get("type") == "CDATA"


def test_an_author_without_an_address_is_left_out_of_rss() -> None:
    feed = generator()
    with_entry(feed).author(name="Ines Halvorsen")

    assert b"Halvorsen" not in feed.rss_str()


def test_rss_keeps_the_last_enclosure_only() -> None:
    feed = generator()
    entry = with_entry(feed)
    entry.enclosure("https://news.example.org/1.jpg", 0, "image/jpeg")
    entry.enclosure("https://news.example.org/2.jpg", 0, "image/jpeg")

    assert feed.rss_str().count(b"<enclosure") == 1


def test_an_item_without_a_description_has_its_full_text_there() -> None:
    feed = generator()
    with_entry(feed)

    item = etree.fromstring(feed.rss_str()).find("channel/item")

    assert item.findtext("description") == "<p>Text.</p>"


def test_its_syndication_extension_writes_names_that_do_not_exist() -> None:
    feed = generator()
    feed.load_extension("syndication")
    feed.syndication.update_period("hourly")

    rss = feed.rss_str()

    assert b"sy:UpdatePeriod" in rss
    assert b"sy:updatePeriod" not in rss


def test_its_media_extension_always_groups() -> None:
    feed = generator()
    feed.load_extension("media")
    with_entry(feed).media.content({"url": "https://news.example.org/1.jpg", "medium": "image"})

    assert b"media:group" in feed.rss_str()


def test_its_place_extension_misspells_the_name_of_a_feature() -> None:
    feed = generator()
    feed.load_extension("geo")
    with_entry(feed).geo.featurename("Aleppo")

    assert b"georss:featurename" in feed.rss_str()


@pytest.mark.parametrize("bad", ["\x0b", "￾", "\ud800"], ids=ascii)
def test_one_bad_character_costs_the_whole_feed(bad: str) -> None:
    feed = generator()
    with_entry(feed, 1)
    with_entry(feed, 2).title(f"Bad {bad} title")

    with pytest.raises(ValueError):  # noqa: PT011
        feed.rss_str()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        with_entry(generator()).published(datetime(2026, 11, 22))  # noqa: DTZ001


def test_addresses_are_not_looked_at() -> None:
    feed = generator()
    with_entry(feed).link(href="javascript:alert(1)")

    assert b"<link>javascript:alert(1)</link>" in feed.rss_str()


def test_every_date_sets_the_locale_of_the_whole_process(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = generator()
    with_entry(feed)
    calls = []
    setlocale = locale.setlocale
    monkeypatch.setattr(locale, "setlocale", lambda *args: calls.append(args) or setlocale(*args))

    feed.rss_str()

    assert calls


def test_an_extension_cannot_be_loaded_twice() -> None:
    feed = generator()
    feed.load_extension("media")

    with pytest.raises(ImportError):
        feed.load_extension("media")


def test_it_has_no_way_to_name_a_style_sheet() -> None:
    assert not [name for name in dir(FeedGenerator) if "style" in name or "instruction" in name]
