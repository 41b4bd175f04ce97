"""A Feed in, Atom 1.0 (RFC 4287) out, through feedgen. Pure."""

from __future__ import annotations

from html import escape

from feeds import splice
from feeds.extension import generator_of
from feeds.model import Entry, Feed

#: Browsers still apply a CSS sheet to a feed served as text/xml; XSLT they are dropping.
STYLESHEET = b'<?xml-stylesheet type="text/css" href="atom.css"?>\n'

_CLOSING = b"</feed>"


def render(feed: Feed) -> bytes:
    """The feed as Atom; equal feeds are equal bytes.

    Raises:
        ValueError: a character XML cannot hold; see `entry` to find the article.
    """
    return splice.render(feed, document, _CLOSING)


def entry(each: Entry) -> bytes:
    """One entry as it stands in every feed that has it.

    Raises:
        ValueError: it holds a character XML cannot hold.
    """
    return splice.entry(each, document, _CLOSING)


def document(feed: Feed) -> bytes:
    """The whole feed by feedgen alone: what `render` gives, more slowly."""
    generator = generator_of(feed)
    generator.subtitle(feed.description)
    # RFC 4287, 4.1.1: an entry without an author takes the feed's.
    generator.author(name=feed.site_name, uri=feed.site_url)
    if feed.logo:
        generator.logo(feed.logo)
        generator.icon(feed.logo)
    for element, entry in zip(generator.entry(), feed.entries, strict=True):
        # Some readers show any summary as HTML; what could be read as a tag is marked as escaped.
        if "<" in entry.summary:
            element.summary(escape(entry.summary, quote=False), type="html")
        else:
            element.summary(entry.summary, type="text")
        if entry.authors:
            # One author with all the names: readers take the first author, or the feed's.
            element.author(name=", ".join(entry.authors))
    return splice.styled(generator.atom_str(pretty=True), STYLESHEET)
