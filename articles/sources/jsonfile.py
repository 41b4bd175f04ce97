"""A JSON file in, drafts out: JSON Feed, Ghost, WordPress's REST, or our own fields. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from articles.model import Draft, LeftOut, Refusal
from articles.sources import ghost, jsonl, rest
from articles.sources.feed import beginning, list_of, text_of


def read(data: bytes, *, url: str = "") -> Iterator[Draft | Refusal | LeftOut]:
    """The items of a JSON Feed, the posts of an export, or the articles of a list of our fields."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        yield Refusal(where="", reason=f"not UTF-8 at byte {error.start + 1}; save it as UTF-8")
        return
    except (ValueError, RecursionError) as error:
        yield Refusal(where="", reason=f"not JSON ({error})")
        return
    if isinstance(document, dict) and isinstance(document.get("items"), list):
        names = ("feed_url", "home_page_url", "title")
        source = url or next(filter(None, (text_of(document, name) for name in names)), "")
        for number, item in enumerate(document["items"], 1):
            yield _item(item, source, text_of(document, "language"), f"entry {number}")
    elif export := ghost.tables(document):
        yield from ghost.read(export, url=url)
    else:
        yield from _listed(document, url)


def _listed(document: object, url: str) -> Iterator[Draft | Refusal | LeftOut]:
    if isinstance(document, dict):
        document = document.get("articles", [document])
    if not isinstance(document, list):
        yield Refusal(where="", reason="neither a JSON Feed nor a list of articles")
        return
    for number, one in enumerate(document, 1):
        where = f"entry {number}"
        yield rest.post(one, where, url=url) if rest.is_post(one) else jsonl.read_fields(one, where)


def _item(item: object, source: str, language: str, where: str) -> Draft | Refusal:
    if not isinstance(item, dict):
        return Refusal(where=where, reason="not an object; an item is one")
    html, text = text_of(item, "content_html"), text_of(item, "content_text")
    standfirst = text_of(item, "summary")
    title = text_of(item, "title") or beginning(standfirst or text or html)
    if not title:
        return Refusal(
            where=where, reason="an item without a title or a text; it needs one of them"
        )
    link = text_of(item, "url") or text_of(item, "external_url")
    published = text_of(item, "date_published")
    number = item.get("id")
    key = str(number) if isinstance(number, int | float) else text_of(item, "id")
    authors = [
        *list_of(item, "authors"),
        *([item["author"]] if isinstance(item.get("author"), dict) else []),
    ]
    return Draft(
        source=source,
        source_key=key or link or jsonl.key_of(title, published),
        url=link,
        title=title,
        standfirst=standfirst,
        body_html=html,
        body_text="" if html else text,
        authors=tuple(dict.fromkeys(name for each in authors if (name := text_of(each, "name")))),
        language=text_of(item, "language") or language,
        published_at=published,
        updated_at=text_of(item, "date_modified"),
        tags=tuple(tag for tag in item.get("tags") or () if isinstance(tag, str)),
        image_url=text_of(item, "image") or text_of(item, "banner_image"),
    )
