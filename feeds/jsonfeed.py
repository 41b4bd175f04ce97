"""A Feed in, JSON Feed 1.1 out. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from articles.model import Image, Place
from feeds import splice
from feeds.model import Entry, Feed, picture_type

VERSION = "https://jsonfeed.org/version/1.1"

#: What stands before and after the items, which come last so that kept ones go between.
_OPENING, _CLOSING = b'"items":[\n', b"\n]}\n"


def render(feed: Feed) -> bytes:
    """The feed as JSON; equal feeds are equal bytes.

    Raises:
        ValueError: a lone surrogate, which UTF-8 cannot hold.
    """
    head = _json(dict(_head(feed))).removesuffix(b"}") + b","
    items = b",\n".join(entry(each) for each in feed.entries)
    return b"".join((head, _OPENING, items, _CLOSING))


def entry(each: Entry) -> bytes:
    """One item as it stands in every feed that has it.

    Raises:
        ValueError: it holds a lone surrogate.
    """
    return splice.kept(each, document) or _json(dict(_item(each)))


def document(feed: Feed) -> bytes:
    """The whole feed in one go: says what `render` says."""
    return _json({**dict(_head(feed)), "items": [dict(_item(each)) for each in feed.entries]})


def _head(feed: Feed) -> Iterator[tuple[str, object]]:
    yield "version", VERSION
    yield "title", feed.title
    yield "home_page_url", feed.site_url
    yield "feed_url", feed.url("json")
    if feed.previous:
        yield "next_url", f"{feed.previous}.json"
    yield "description", feed.description
    yield "language", feed.language
    yield "authors", [{"name": feed.site_name, "url": feed.site_url}]
    if feed.logo:
        yield "icon", feed.logo
    if feed.hubs:
        yield "hubs", [{"type": "WebSub", "url": hub} for hub in feed.hubs]


def _item(entry: Entry) -> Iterator[tuple[str, object]]:
    yield "id", entry.id
    if entry.url:
        yield "url", entry.url
    yield "title", entry.title
    yield "summary", entry.summary
    yield "content_html", entry.content_html
    if entry.image:
        yield "image", entry.image.url
    yield "date_published", entry.published_at.isoformat()
    yield "date_modified", entry.updated_at.isoformat()
    if entry.authors:
        # One with all the names, as in RSS and Atom: some readers show the first, some join them.
        yield "authors", [{"name": ", ".join(entry.authors)}]
    if entry.language:
        yield "language", entry.language
    if entry.categories:
        yield "tags", list(dict.fromkeys(each.label or each.term for each in entry.categories))
    if entry.image and (kind := picture_type(entry.image)):
        yield "attachments", [_attachment(entry.image, kind)]
    if regions := [each for each in entry.categories if each.kind == "region"]:
        # JSON Feed 1.1: whatever begins with an underscore is an object.
        yield "_regions", {each.term: each.label for each in regions}
    if len(entry.authors) > 1:
        yield "_byline", {"names": list(entry.authors)}
    if entry.place:
        yield "_place", dict(_place(entry.place))
    if entry.story:
        number = int(entry.story.rpartition("_")[2])
        yield "_story", {"id": number, "feed_url": f"{entry.story}.json"}
    if entry.related:
        yield "_related", {"urls": list(entry.related)}


def _attachment(image: Image, kind: str) -> dict[str, object]:
    """JSON Feed demands a type; a picture whose address tells none is an `image` only."""
    made: dict[str, object] = {"url": image.url, "mime_type": kind}
    if title := image.caption or image.alt:
        made["title"] = title
    if image.credit:
        made["_credit"] = {"name": image.credit}
    return made


def _place(place: Place) -> Iterator[tuple[str, object]]:
    yield "name", place.name
    yield "country", place.country
    if place.latitude is not None:
        yield "point", [place.latitude, place.longitude]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
