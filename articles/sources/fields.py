"""A row of any names (CSV, front matter, a database) in, a draft out. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from urllib.parse import urljoin

from articles.model import Draft
from articles.sources import bylines
from articles.sources.jsonl import FieldError, key_of

#: What a column may be called, ours first, in lower case with "_" for all that is no letter or
#: digit. Names are those of content systems' exports and of site generators' front matter.
NAMES = {
    "source_key": ("source_key", "key", "id", "uuid", "guid", "post_id", "article_id", "uid"),
    "url": ("url", "link", "permalink", "canonical_url", "canonical", "post_page_url", "address"),
    "title": ("title", "headline", "post_title", "subject"),
    "standfirst": ("standfirst", "summary", "excerpt", "custom_excerpt", "subtitle", "dek",
                   "description", "post_excerpt", "lede"),
    "body_html": ("body_html", "html", "content_html", "body", "content", "post_content"),
    "body_text": ("body_text", "plaintext", "content_text", "plain_content", "text"),
    "authors": ("authors", "author", "byline", "writer", "creator", "author_name"),
    "language": ("language", "lang", "locale"),
    "dateline": ("dateline",),
    "published_at": ("published_at", "date", "published_date", "publish_date", "publication_date",
                     "pubdate", "published", "post_date", "post_date_gmt", "date_published",
                     "created_at"),
    "updated_at": ("updated_at", "updated", "lastmod", "last_modified_at", "modified",
                   "modified_at", "last_published_date", "date_modified", "post_modified_gmt"),
    "section": ("section", "main_category", "category", "rubric"),
    "tags": ("tags", "categories", "keywords", "topics"),
    "regions": ("regions", "region", "countries", "country"),
    "image_url": ("image_url", "image", "cover_image", "feature_image", "featured_image", "cover",
                  "thumbnail", "og_image"),
    "image_alt": ("image_alt", "feature_image_alt"),
    "image_caption": ("image_caption", "feature_image_caption"),
    "image_credit": ("image_credit", "photo_credit"),
    "correction": ("correction",),
    "related": ("related",),
}  # fmt: skip
#: What says whether a row is published; several of them may be there.
STATUS_NAMES = ("status", "state", "post_status", "draft", "is_published", "published")
LISTS = frozenset(("authors", "tags", "regions", "related"))

_DRAFTS = frozenset(("draft", "pending", "unpublished", "auto_draft", "in_review"))
_GONE = frozenset(("withdrawn", "private", "trash", "deleted", "archived", "removed"))
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")


def draft(
    row: Mapping[str, object], *, source: str, url: str = "", names: Mapping[str, str] | None = None
) -> Draft:
    """The draft a row describes.

    `names` says which column a field is in, where that is not one of NAMES. `url` is the site's
    address: a row's relative address is resolved against it.

    Raises:
        FieldError: it has no title.
    """
    cells = {normal(name): value for name, value in row.items() if name is not None}
    chosen = {ours: (normal(name),) for ours, name in (names or {}).items()}
    found = {ours: _first(cells, chosen.get(ours, theirs)) for ours, theirs in NAMES.items()}
    texts = {ours: text(value) for ours, value in found.items() if ours not in LISTS}
    if not texts["title"]:
        raise FieldError("no title: give the article a headline")
    if not _MARKUP.search(texts["body_html"]):
        texts["body_text"] = texts["body_text"] or texts["body_html"]
        texts["body_html"] = ""
    if isinstance(found["image_url"], dict):
        texts |= _image(found["image_url"])
    if not re.search(r"\d{4}", texts["published_at"]):  # `published: true` is no date
        texts["published_at"] = ""
    if url and texts["url"]:
        texts["url"] = urljoin(url, texts["url"])
    key = texts.pop("source_key") or texts["url"] or key_of(texts["title"], texts["published_at"])
    return Draft(
        source=source,
        source_key=key,
        authors=tuple(_names(found["authors"])),
        tags=words(found["tags"]),
        regions=words(found["regions"]),
        related=words(found["related"]),
        status=status(cells),
        **texts,
    )


def normal(name: object) -> str:
    """`Post Page URL` as `post_page_url`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(name)) if str(name).isidentifier() else name
    return re.sub(r"[^\w]+", "_", str(spaced).strip().lower()).strip("_")


def status(cells: Mapping[str, object]) -> str:
    """`published`, `draft` or `withdrawn`, whatever way the row says it."""
    for name in STATUS_NAMES:
        value = normal(text(cells.get(name)))
        hidden = value in ("true", "1", "yes") if name == "draft" else value in ("false", "0", "no")
        if value in _GONE:
            return "withdrawn"
        if value in _DRAFTS or hidden:
            return "draft"
    return "published"


def text(value: object) -> str:
    """A cell as text: dates as ISO 8601, nothing for a list or an object."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() if isinstance(value, str | int | float) else ""


def words(value: object) -> tuple[str, ...]:
    """A cell as a list: a list, a JSON list, or words between semicolons or commas."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if isinstance(value, list | tuple):
        named = (each.get("name") if isinstance(each, dict) else each for each in value)
        return tuple(word for each in named if (word := text(each)))
    parts = re.split(
        r"\s*;\s*|\s*\|\s*" if re.search("[;|]", text(value)) else r"\s*,\s*", text(value)
    )
    return tuple(part for part in parts if part)


def _names(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list) or text(value).startswith("["):
        return words(value)
    return bylines.names(text(value))


def _image(value: Mapping[str, object]) -> dict[str, str]:
    """Front matter often has a table for the picture: `image: {src: ..., alt: ...}`."""
    cells = {normal(name): each for name, each in value.items()}
    return {
        "image_url": text(_first(cells, ("url", "src", "path", "image"))),
        "image_alt": text(cells.get("alt")),
        "image_caption": text(cells.get("caption")),
        "image_credit": text(cells.get("credit")),
    }


def _first(cells: Mapping[str, object], names: Iterable[str]) -> object:
    return next((cells[name] for name in names if cells.get(name) not in (None, "", [], {})), None)
