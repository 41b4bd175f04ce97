"""Lines of JSON in, drafts and refusals out. Pure: it reads the lines it is given, nothing else.

One article a line, as docs/import.md lists its fields; fields it does not list are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from articles.model import Draft, Refusal

#: A line past this is no article: the longest body the border lets in takes a tenth of it.
LINE_BYTES_MAX = 10_485_760

#: What a field may be called, ours first, and which of the draft's fields it fills.
TEXTS = {
    "url": ("url",),
    "title": ("title",),
    "standfirst": ("standfirst", "summary"),
    "body_html": ("body_html", "body"),
    "body_text": ("body_text",),
    "language": ("language",),
    "dateline": ("dateline",),
    "published_at": ("published_at", "published"),
    "updated_at": ("updated_at", "updated"),
    "section": ("section",),
    "image_url": ("image_url",),
    "image_alt": ("image_alt",),
    "image_caption": ("image_caption",),
    "image_credit": ("image_credit",),
    "status": ("status",),
    "correction": ("correction",),
}
LISTS = ("authors", "tags", "regions", "related")
STATUSES = ("published", "draft", "withdrawn")


class FieldError(Exception):
    """A field of an article that is not what it should be; the message names it."""


def read(lines: Iterable[bytes]) -> Iterator[Draft | Refusal]:
    """One draft or refusal for each line that is not blank; a bad one does not cost the others."""
    for number, line in enumerate(lines, 1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield read_line(line, f"line {number}")


def read_line(line: bytes, where: str) -> Draft | Refusal:
    """The article of one line, or why there is none."""
    if len(line) > LINE_BYTES_MAX:
        return Refusal(
            where=where, reason=f"longer than {LINE_BYTES_MAX >> 20} MiB; one article is one line"
        )
    try:
        fields = json.loads(line.decode())
    except UnicodeDecodeError as error:
        return Refusal(where=where, reason=f"not UTF-8 at byte {error.start + 1}; save it as UTF-8")
    except (ValueError, RecursionError) as error:
        return Refusal(where=where, reason=f"not JSON ({error}); one article is one JSON object")
    return read_fields(fields, where)


def read_fields(fields: object, where: str) -> Draft | Refusal:
    """The article that a JSON value describes, or why it is none."""
    try:
        return draft(fields)
    except FieldError as error:
        return Refusal(where=where, reason=str(error))


def draft(fields: object) -> Draft:
    """The draft that a JSON object of our fields describes.

    Raises:
        FieldError: it is no object, or a field has the wrong type or an unknown value.
    """
    if not isinstance(fields, dict):
        raise FieldError(f"{_kind(fields)} where an object is needed: one article, {{...}}")
    values: dict[str, Any] = {ours: _first(fields, names) for ours, names in TEXTS.items()}
    values |= {name: _words(fields, name) for name in LISTS}
    values["status"] = values["status"] or "published"
    if not values["title"].strip():
        raise FieldError("no title: give the article a headline")
    if values["status"] not in STATUSES:
        raise FieldError(f"status is {values['status']!r}; it is one of {', '.join(STATUSES)}")
    return Draft(source=_text(fields, "source"), source_key=_key(fields, values), **values)


def _key(fields: Mapping[str, object], texts: Mapping[str, Any]) -> str:
    """The article's id; without one its address; without either, its first words and its day."""
    key = _text(fields, "id").strip() or texts["url"].strip()
    return key or key_of(texts["title"], texts["published_at"])


def key_of(*words: str) -> str:
    """An identity for an article that brings none: the same words have the same."""
    return f"sha256:{sha256(chr(0).join(words).encode('utf-8', 'replace')).hexdigest()[:32]}"


def _first(fields: Mapping[str, object], names: Iterable[str]) -> str:
    return next(filter(None, (_text(fields, name) for name in names)), "")


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)  # an id, or seconds since 1970
    raise FieldError(f"{name} is {_kind(value)}; it has to be text")


def _words(fields: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = fields.get(name)
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        if not all(isinstance(each, str) for each in value):
            odd = next(each for each in value if not isinstance(each, str))
            raise FieldError(f"{name} holds {_kind(odd)}; it has to be a list of texts")
        return tuple(value)
    raise FieldError(f"{name} is {_kind(value)}; it has to be a list of texts")


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", bool: "true or false", str: "text"}
    return "nothing" if value is None else kinds.get(type(value), "a number")
