"""What feedgen lacks or gets wrong, put right through its own extension interface. Pure.

One pair of extensions. feedgen calls `extend_rss` and `extend_atom` after it has written an
element's own children, so what is missing is added and what came out wrong is replaced. Each defect
has a test in tests/feeds/test_feedgen.py that fails on the day it is mended.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feedgen.feed import FeedGenerator
from lxml import etree

from articles.model import Image, Place
from feeds import content
from feeds.model import ATOM_TYPE, RSS_TYPE, Entry, Feed, picture_type

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
GEORSS = "http://www.georss.org/georss"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

#: Updates are counted in hours from here; any full hour will do.
UPDATE_BASE = "2000-01-01T00:00:00+00:00"

#: Nobody told us how long the picture is. RSS demands a number and the RSS Advisory Board's profile
#: says to write 0 where it cannot be determined.
LENGTH_UNKNOWN = "0"


class FeedExtension:
    """The head of a feed: its own address, and how often to come back."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DC, "media": MEDIA, "sy": SY}

    def extend_rss(self, rss: etree._Element) -> None:
        channel = rss[0]
        # feedgen writes no atom:link but self, and only after taking the channel's link from it.
        for link in _links(self.feed, "rss", RSS_TYPE):
            etree.SubElement(channel, f"{{{ATOM}}}link", link)
        # feedgen's own syndication extension writes sy:UpdatePeriod, which no reader knows.
        _text(channel, f"{{{SY}}}updatePeriod", "hourly")
        _text(channel, f"{{{SY}}}updateFrequency", "1")
        _text(channel, f"{{{SY}}}updateBase", UPDATE_BASE)
        self._mark_archive(channel)

    def extend_atom(self, feed: etree._Element) -> None:
        for link in _links(self.feed, "atom", ATOM_TYPE):
            etree.SubElement(feed, "link", link)
        self._mark_archive(feed)
        for gone in self.feed.withdrawn:
            at = {"ref": gone.id, "when": gone.at.isoformat()}
            etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", at, {"at": TOMBSTONES})

    def _mark_archive(self, head: etree._Element) -> None:
        if self.feed.current:
            etree.SubElement(head, f"{{{HISTORY}}}archive", {}, {"fh": HISTORY})


class EntryExtension:
    """One article: its links, byline, language and picture."""

    entry: Entry

    def extend_ns(self) -> dict[str, str]:
        return {}

    def extend_rss(self, item: etree._Element) -> None:
        entry = self.entry
        if entry.authors:
            # RSS's own author is an e-mail address. Readers take one creator: all names are in it.
            _text(item, f"{{{DC}}}creator", ", ".join(entry.authors))
        if entry.language:
            _text(item, f"{{{DC}}}language", entry.language)
        _text(item, f"{{{ATOM}}}updated", entry.updated_at.isoformat())
        for link in _references(entry):
            etree.SubElement(item, f"{{{ATOM}}}link", link)
        if entry.image:
            _picture(item, entry.image)
        if entry.place:
            _place(item, entry.place)

    def extend_atom(self, element: etree._Element) -> None:
        entry = self.entry
        if entry.language:
            element.set(XML_LANG, entry.language)
        # feedgen 1.0.0 loses rel, type and length of an entry's links (its issue 135).
        for link in element.findall("link"):
            element.remove(link)
        if entry.url:
            etree.SubElement(element, "link", href=entry.url, rel="alternate", type="text/html")
        for reference in _references(entry):
            etree.SubElement(element, "link", reference)
        if entry.image:
            kind = picture_type(entry.image)
            enclosure = {"href": entry.image.url, "rel": "enclosure"}
            etree.SubElement(element, "link", enclosure | ({"type": kind} if kind else {}))
            _picture(element, entry.image)
        if entry.place:
            _place(element, entry.place)


def generator_of(feed: Feed) -> FeedGenerator:
    """A feedgen feed with all that RSS and Atom say alike."""
    generator = FeedGenerator()
    generator.register_extension("newsdesk", FeedExtension, EntryExtension)
    generator.newsdesk.feed = feed
    generator.id(feed.id)
    generator.title(feed.title)
    # Once only: feedgen takes the last link of any kind for the RSS channel's page.
    generator.link(href=feed.site_url, rel="alternate", type="text/html")
    generator.language(feed.language)
    generator.updated(feed.updated_at)
    generator.generator("newsdesk")
    for entry in feed.entries:
        _add(generator, entry)
    return generator


def _add(generator: FeedGenerator, entry: Entry) -> None:
    added: Any = generator.add_entry(order="append")  # feedgen's own default prepends
    added.newsdesk.entry = entry
    added.id(entry.id)
    added.title(entry.title)
    # Its "CDATA" would be written as a type, which Atom does not have.
    added.content(content.for_programs(entry.content_html, entry.title), type="html")
    added.published(entry.published_at)
    added.updated(entry.updated_at)
    for each in entry.categories:
        words = {"term": each.term, "label": each.label, "scheme": each.scheme}
        added.category({name: word for name, word in words.items() if word})


def _links(feed: Feed, ending: str, media_type: str) -> Iterator[dict[str, str]]:
    """Of the head: itself, who tells of news, and the way through its history (RFC 5005)."""
    yield {"href": feed.url(ending), "rel": "self", "type": media_type}
    for hub in feed.hubs:
        yield {"href": hub, "rel": "hub"}
    for rel, address in (
        ("current", feed.current),
        ("prev-archive", feed.previous),
        ("next-archive", feed.next),
    ):
        if address:
            yield {"href": f"{address}.{ending}", "rel": rel, "type": media_type}


def _references(entry: Entry) -> Iterator[dict[str, str]]:
    """Of an article: what it belongs to, and what belongs to it."""
    if entry.story:
        yield {"href": f"{entry.story}.atom", "rel": "up", "type": ATOM_TYPE}
    for address in entry.related:
        yield {"href": address, "rel": "related", "type": "text/html"}


def _place(parent: etree._Element, place: Place) -> None:
    """GeoRSS Simple; feedgen's own extension writes featurename, which no validator knows."""
    names = {"georss": GEORSS}
    etree.SubElement(parent, f"{{{GEORSS}}}featureName", {}, names).text = place.name
    if place.latitude is not None:
        point = etree.SubElement(parent, f"{{{GEORSS}}}point", {}, names)
        point.text = f"{place.latitude} {place.longitude}"


def _picture(parent: etree._Element, image: Image) -> None:
    """Media RSS, ungrouped: feedgen's own extension always groups, which validators refuse."""
    kind = picture_type(image)
    content = etree.SubElement(parent, f"{{{MEDIA}}}content", url=image.url)
    if kind:
        content.set("type", kind)
    content.set("medium", "image")
    for name, text in (
        ("title", image.alt),
        ("description", image.caption),
        ("credit", image.credit),
    ):
        if text:
            _text(content, f"{{{MEDIA}}}{name}", text)
    etree.SubElement(content, f"{{{MEDIA}}}thumbnail", url=image.url)


def _text(parent: etree._Element, tag: str, text: str) -> None:
    etree.SubElement(parent, tag).text = text
