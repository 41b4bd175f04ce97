"""A Ghost export (JSON, decoded) in, its posts as drafts out. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from articles.model import Draft, LeftOut, Refusal
from articles.sources import fields
from articles.sources.feed import plain
from articles.sources.jsonl import key_of

Row = dict[str, Any]

_STATUS = {"published": "published", "scheduled": "published", "draft": "draft"}
#: From here on a post is for members.
_MEMBERS_ONLY = "<!--members-only-->"
#: Boxes that ask for something; readers of a feed cannot answer there.
_ASKING = re.compile(
    r'<div class="kg-card kg-(?:signup|button|cta|paywall|product-button)[^>]*>.*?'
    r"(?:</form>\s*(?:</div>\s*)*|</div>\s*</div>|</div>)",
    re.S,
)


def tables(document: object) -> dict[str, list[Row]] | None:
    """The tables of a Ghost export by name; None if the document is none."""
    if isinstance(document, dict) and isinstance(document.get("db"), list) and document["db"]:
        document = document["db"][0]
    if isinstance(document, dict) and isinstance(document.get("data"), dict):
        document = document["data"]
    if not isinstance(document, dict) or not isinstance(document.get("posts"), list):
        return None
    return {
        str(name): [_flat(row) for row in rows if isinstance(row, dict)]
        for name, rows in document.items()
        if isinstance(rows, list)
    }


def read(found: dict[str, list[Row]], *, url: str = "") -> Iterator[Draft | Refusal | LeftOut]:
    """The posts of an export, in its order. It does not say its site's address: `url` does."""
    known = _Known(found, url)
    for number, post in enumerate(found["posts"], 1):
        yield _post(post, known, f"post {number}")


class _Known:
    """What posts refer to, by the post's id."""

    def __init__(self, found: dict[str, list[Row]], url: str) -> None:
        settings = {_text(row, "key"): _text(row, "value") for row in found.get("settings", ())}
        self.site = (url or settings.get("url", "")).rstrip("/")
        self.language = settings.get("locale") or settings.get("lang") or ""
        self.names = {_text(row, "id"): _text(row, "name") for row in found.get("users", ())}
        self.tag_names = {_text(row, "id"): _text(row, "name") for row in found.get("tags", ())}
        self.meta = {_text(row, "post_id"): row for row in found.get("posts_meta", ())}
        self.authors = _in_order(found.get("posts_authors", ()), "author_id")
        self.tags = _in_order(found.get("posts_tags", ()), "tag_id")

    def here(self, text: str) -> str:
        """Ghost's stand-in for the site's own address, and paths, made whole."""
        text = text.replace("__GHOST_URL__", self.site)
        return urljoin(f"{self.site}/", text) if self.site and text.startswith("/") else text


def _in_order(rows: Any, column: str) -> dict[str, list[str]]:
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: _number(row.get("sort_order"))):
        found[_text(row, "post_id")].append(_text(row, column))
    return found


def _post(post: Row, known: _Known, where: str) -> Draft | Refusal | LeftOut:
    if _text(post, "type") == "page" or post.get("page") in (True, 1):
        return LeftOut(what="page")
    if _text(post, "status") == "sent" or post.get("email_only") in (True, 1):
        return LeftOut(what="post sent by mail only")
    title = _text(post, "title")
    body = known.here(_text(post, "html"))
    if _text(post, "visibility") not in ("", "public"):
        body, marked, _ = body.partition(_MEMBERS_ONLY)
        if not marked:
            return LeftOut(what="post for members")
    body = _ASKING.sub("", body)
    text = "" if body else _text(post, "plaintext")
    title = title if title != "(Untitled)" else plain(body)[:100]
    if not title:
        return Refusal(where=where, reason="a post without a title; give it one")
    number, slug = _text(post, "id"), _text(post, "slug")
    meta = known.meta.get(number, {}) | {k: v for k, v in post.items() if v}
    page = f"{known.site}/{slug}/" if known.site and slug else ""
    tags = _tags(post, known, number)
    return Draft(
        source=known.site,
        source_key=_text(post, "uuid") or number or slug or key_of(title),
        url=_text(post, "canonical_url") or _text(post, "url") or page,
        title=title,
        standfirst=_text(post, "custom_excerpt") or _text(meta, "meta_description"),
        body_html=body,
        body_text=text,
        authors=_authors(post, known, number),
        language=known.language,
        published_at=_time(post, "published_at") or _time(post, "created_at"),
        updated_at=_time(post, "updated_at"),
        section=tags[0] if tags else "",
        tags=tags,
        image_url=known.here(_text(meta, "feature_image") or _text(post, "image")),
        image_alt=_text(meta, "feature_image_alt"),
        image_caption=plain(_text(meta, "feature_image_caption")),
        status=_STATUS.get(
            _text(post, "status"), "draft" if _text(post, "status") else "published"
        ),
    )


def _authors(post: Row, known: _Known, number: str) -> tuple[str, ...]:
    named = [known.names.get(each, "") for each in known.authors.get(number, ())]
    named = named or [known.names.get(_text(post, "author_id"), "")]
    own = post.get("authors") or [post.get("author")]
    named += [_text(_flat(each), "name") for each in own if isinstance(each, dict)]
    return tuple(dict.fromkeys(filter(None, named)))


def _tags(post: Row, known: _Known, number: str) -> tuple[str, ...]:
    """A name that begins with "#" is for the newsroom alone."""
    named = [known.tag_names.get(each, "") for each in known.tags.get(number, ())]
    own = post.get("tags")
    named += (
        [_text(_flat(each), "name") for each in own if isinstance(each, dict)]
        if isinstance(own, list)
        else []
    )
    return tuple(dict.fromkeys(name for name in named if name and not name.startswith("#")))


def _flat(row: Row) -> Row:
    """Ghost's migration files wrap each row: {"url": ..., "data": {...}}."""
    inner = row.get("data")
    return {"url": row.get("url")} | inner if isinstance(inner, dict) else row


def _time(row: Row, name: str) -> str:
    value = row.get(name)
    return str(value) if isinstance(value, int) else _text(row, name)


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return str(value) if isinstance(value, int | float) else fields.text(value)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
