"""The entries of feeds, well-formed or not, become drafts."""

from __future__ import annotations

import pytest

from articles.model import Draft, Refusal
from articles.sources import feed

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:atom="http://www.w3.org/2005/Atom" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Velmar Courier</title><link>https://courier.example/</link>
<language>en-GB</language><atom:link rel="self" href="https://courier.example/feed"/>
%s
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>F</title><id>urn:f</id>
<link rel="self" href="https://courier.example/atom"/>%s</feed>"""


def rss(item: str) -> Draft | Refusal:
    (found,) = feed.read((RSS % f"<item>{item}</item>").encode())
    return found


def draft(item: str) -> Draft:
    found = rss(item)
    assert isinstance(found, Draft)
    return found


def test_an_rss_item_gives_all_it_says() -> None:
    found = draft(
        """<title>Ferries &amp; fog</title><link>https://courier.example/1</link>
        <guid isPermaLink="false">tag:courier.example,2026:1</guid>
        <description>What the fog cost.</description>
        <content:encoded><![CDATA[<p>Words.</p>]]></content:encoded>
        <dc:creator>Ines Halvorsen and Tomas Reyel</dc:creator>
        <pubDate>Fri, 20 Nov 2026 08:00:00 +0100</pubDate><category>Sea</category>
        <media:content url="https://courier.example/1.jpg" medium="image">
        <media:credit>Photo desk</media:credit></media:content>"""
    )

    assert found == Draft(
        source="https://courier.example/feed",
        source_key="tag:courier.example,2026:1",
        url="https://courier.example/1",
        title="Ferries & fog",
        standfirst="What the fog cost.",
        body_html="<p>Words.</p>",
        authors=("Ines Halvorsen", "Tomas Reyel"),
        language="en-GB",
        published_at="2026-11-20T07:00:00Z",
        tags=("Sea",),
        image_url="https://courier.example/1.jpg",
        image_credit="Photo desk",
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("AT&amp;amp;T &amp;#8217;s", "AT&T ’s"),
        ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
        ("<![CDATA[Fish & chips]]>", "Fish & chips"),
        ("1 &lt; 2", "1 < 2"),
    ],
)
def test_an_rss_title_escaped_twice_is_read_as_it_was_meant(written: str, shown: str) -> None:
    assert draft(f"<title>{written}</title><link>https://courier.example/1</link>").title == shown


def test_an_atom_entry_gives_all_it_says() -> None:
    entry = """<entry><title type="text">1 &lt; 2 &amp;amp; more</title><id>urn:1</id>
    <link href="https://courier.example/1"/><link rel="enclosure" type="image/jpeg" href="/1.jpg"/>
    <author><name>Greta Lindqvist</name></author><updated>2026-11-21T08:00:00Z</updated>
    <published>2026-11-20T08:00:00Z</published><summary>Kurz.</summary>
    <content type="text">Erster Absatz.

Zweiter.</content></entry>"""

    (found,) = feed.read((ATOM % entry).encode())

    assert isinstance(found, Draft)
    assert found.title == "1 < 2 &amp; more"
    assert found.source_key == "urn:1"
    assert (found.body_html, found.body_text) == ("", "Erster Absatz.\n\nZweiter.")
    assert (found.standfirst, found.language) == ("Kurz.", "de")
    assert (found.published_at[:10], found.updated_at[:10]) == ("2026-11-20", "2026-11-21")
    assert found.image_url == "/1.jpg"
    assert found.authors == ("Greta Lindqvist",)


def test_a_long_description_alone_is_the_body_and_a_short_one_the_standfirst() -> None:
    short = draft("<title>T</title><description>Short &lt;b&gt;words&lt;/b&gt;.</description>")
    long = draft(f"<title>T</title><description>{'Long words. ' * 99}</description>")
    marked = draft("<title>T</title><description>&lt;p>One.&lt;/p>&lt;p>Two.&lt;/p></description>")

    assert (short.standfirst, short.body_html) == ("Short words.", "")
    assert (long.standfirst, long.body_html[:4]) == ("", "Long")
    assert (marked.standfirst, marked.body_html) == ("", "<p>One.</p><p>Two.</p>")


def test_an_item_without_a_title_is_named_by_how_it_begins() -> None:
    assert draft("<description>A note without a headline.</description>").title == (
        "A note without a headline."
    )
    assert draft(f"<description>{'word ' * 99}</description>").title.endswith("word…")


def test_an_item_that_says_nothing_is_refused_and_the_next_goes_on() -> None:
    items = "<item><guid>1</guid></item><item><title>T</title></item>"

    refusal, found = feed.read((RSS % items).encode())

    assert isinstance(refusal, Refusal)
    assert refusal.where == "entry 1"
    assert isinstance(found, Draft)


def test_an_item_without_guid_is_known_by_its_link_or_else_its_words() -> None:
    assert draft("<title>T</title><link>https://courier.example/1</link>").source_key == (
        "https://courier.example/1"
    )
    assert draft("<title>T</title>").source_key == draft("<title>T</title>").source_key


def test_a_feed_broken_in_its_middle_gives_what_can_be_read() -> None:
    broken = (RSS % "<item><title>One</title></item><item><title>Two & more</title><b></item>")[
        :-20
    ]

    found = list(feed.read(broken.encode()))

    assert [each.title for each in found if isinstance(each, Draft)] == ["One", "Two & more"]


def test_nothing_is_fetched_and_no_entity_is_expanded(tmp_path: object) -> None:
    secret = f"{tmp_path}/secret.txt"
    with open(secret, "w") as file:
        file.write("SECRET")
    hostile = f"""<!DOCTYPE rss [<!ENTITY file SYSTEM "file://{secret}"><!ENTITY a "aaaaaaaaaa">
    <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>""" + (RSS % (
        "<item><title>T &file; &b;</title><description>&file;</description></item>"
    )).partition("\n")[2]  # fmt: skip

    found = list(feed.read(hostile.encode()))

    assert "SECRET" not in repr(found)
    assert "aaaaaaaaaaaaaaaaaaaaaaaaa" not in repr(found)


@pytest.mark.parametrize("data", [b"<rss", b"<html><p>no feed</html>", b"<x/>", b""])
def test_what_is_no_feed_is_refused_with_a_reason(data: bytes) -> None:
    (found,) = feed.read(data)

    assert isinstance(found, Refusal)
    assert "not a feed" in found.reason
