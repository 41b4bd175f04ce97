"""A Feed in, RSS 2.0 out, through feedgen. Pure, but in one thread: feedgen sets the locale."""

from __future__ import annotations

from html import escape

from feeds import splice
from feeds.extension import LENGTH_UNKNOWN, generator_of
from feeds.model import Entry, Feed, picture_type

#: How long a reader may keep what it has before it asks again: polite ones come hourly.
TTL_MINUTES = 60

#: Browsers still apply a CSS sheet to a feed served as text/xml; XSLT they are dropping.
STYLESHEET = b'<?xml-stylesheet type="text/css" href="rss.css"?>\n'

_CLOSING = b"</channel>"


def render(feed: Feed) -> bytes:
    """The feed as RSS; equal feeds are equal bytes.

    Raises:
        ValueError: a character XML cannot hold; see `entry` to find the article.
    """
    return splice.render(feed, document, _CLOSING)


def entry(each: Entry) -> bytes:
    """One item as it stands in every feed that has it.

    Raises:
        ValueError: it holds a character XML cannot hold.
    """
    return splice.entry(each, document, _CLOSING)


def document(feed: Feed) -> bytes:
    """The whole feed by feedgen alone: what `render` gives, more slowly."""
    generator = generator_of(feed)
    generator.description(feed.description)
    generator.docs("https://www.rssboard.org/rss-specification")
    generator.ttl(TTL_MINUTES)
    if feed.logo:
        generator.image(feed.logo, title=feed.title, link=feed.site_url)
    for written, entry in zip(generator.entry(), feed.entries, strict=True):
        # Readers take a description for HTML.
        written.description(escape(entry.summary, quote=False), isSummary=True)
        if entry.url:
            written.link(href=entry.url, rel="alternate")
        kind = picture_type(entry.image) if entry.image else None
        if entry.image and kind:  # RSS demands a type too
            written.enclosure(entry.image.url, LENGTH_UNKNOWN, kind)
    return splice.styled(generator.rss_str(pretty=True), STYLESHEET)
