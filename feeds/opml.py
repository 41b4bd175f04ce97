"""The catalogue of feeds in, OPML 2.0 out. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from articles.model import Site
from feeds.catalog import Group, Listed

#: What readers show as folders. The whole paper stands above them. Not in the list: tags, authors
#: and stories, of which there may be thousands; who imports a list is subscribed to all of it.
_FOLDERS: tuple[tuple[Group, str], ...] = (
    ("combination", "Combinations"),
    ("region", "Regions"),
    ("country", "Countries"),
    ("section", "Sections"),
    ("language", "Languages"),
)


def render(listed: Iterable[Listed], site: Site) -> bytes:
    """All feeds for a reader to import at once, in their order, as RSS.

    One outline a feed: who imports a list wants each feed once, and every importer knows RSS.
    """
    feeds = tuple(listed)
    opml = etree.Element("opml", version="2.0")
    head = etree.SubElement(opml, "head")
    etree.SubElement(head, "title").text = site.name
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(opml, "body")
    for feed in feeds:
        if feed.group == "all":
            _outline(body, feed, site)
    for group, name in _FOLDERS:
        if members := [feed for feed in feeds if feed.group == group]:
            folder = etree.SubElement(body, "outline", text=name, title=name)
            for feed in members:
                _outline(folder, feed, site)
    return etree.tostring(opml, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _outline(parent: etree._Element, feed: Listed, site: Site) -> None:
    etree.SubElement(
        parent,
        "outline",
        type="rss",
        text=feed.title,
        title=feed.title,
        xmlUrl=feed.url("rss"),
        htmlUrl=site.url,
        language=feed.language,
    )
