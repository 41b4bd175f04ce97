"""Posts of WordPress's REST interface (JSON, decoded) in, drafts out. Pure."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from articles.model import Draft, LeftOut, Refusal
from articles.sources.feed import plain
from articles.sources.jsonl import key_of

Row = dict[str, Any]


def is_post(value: object) -> bool:
    """Whether it is a post as WordPress's REST interface (/wp-json/wp/v2/posts) gives it."""
    return isinstance(value, dict) and isinstance(value.get("title"), dict) and "content" in value


def post(post: Row, where: str, *, url: str = "") -> Draft | Refusal | LeftOut:
    """A post of WordPress's REST interface; with `_embed` it has names and its picture too."""
    kind = _text(post, "type") or "post"
    if kind != "post":
        return LeftOut(what=kind)
    content, excerpt = _rendered(post, "content"), plain(_rendered(post, "excerpt"))
    title = plain(unescape(_rendered(post, "title"))) or excerpt[:100] or plain(content)[:100]
    if not title:
        return Refusal(where=where, reason="a post without a title or a text; it needs one of them")
    embedded = _dict(post.get("_embedded"))
    named = [_text(each, "name") for each in _rows(embedded.get("author"))]
    terms = [term for some in embedded.get("wp:term") or () for term in _rows(some)]
    by_kind = {
        kind: [unescape(_text(term, "name")) for term in terms if _text(term, "taxonomy") == kind]
        for kind in ("category", "post_tag", "author")
    }
    sections = [name for name in by_kind["category"] if name and name != "Uncategorized"]
    picture = next(iter(_rows(embedded.get("wp:featuredmedia"))), {})
    protected = _dict(post.get("content")).get("protected") is True
    published = _gmt(post, "date") or _text(post, "date")
    return Draft(
        source=url or re.sub(r"^(https?://[^/]+/).*", r"\1", _text(post, "link")),
        source_key=_rendered(post, "guid")
        or _text(post, "link")
        or _text(post, "id")
        or key_of(title, published),
        url=_text(post, "link"),
        title=title,
        standfirst=excerpt,
        body_html=content,
        authors=tuple(dict.fromkeys(filter(None, by_kind["author"] or named))),
        published_at=published,
        updated_at=_gmt(post, "modified"),
        section=sections[0] if sections else "",
        tags=tuple(dict.fromkeys(sections + list(filter(None, by_kind["post_tag"])))),
        image_url=_text(picture, "source_url") or _text(post, "jetpack_featured_media_url"),
        image_alt=_text(picture, "alt_text"),
        image_caption=plain(_rendered(picture, "caption")),
        status=_status(_text(post, "status"), protected),
    )


def _status(status: str, protected: bool) -> str:
    if protected or status in ("private", "trash"):
        return "withdrawn"
    return "published" if status in ("publish", "future", "") else "draft"


def _rendered(row: Row, name: str) -> str:
    return _text(_dict(row.get(name)), "rendered")


def _gmt(row: Row, name: str) -> str:
    time = _text(row, f"{name}_gmt")
    return f"{time}Z" if re.fullmatch(r"[\d-]+T[\d:]+", time) else time


def _dict(value: object) -> Row:
    return value if isinstance(value, dict) else {}


def _rows(value: object) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return str(value) if isinstance(value, int | float) else value if isinstance(value, str) else ""
