"""Tokens in a text that many readers share, and one reader's own words in their place. Pure.

A token is `newsdesk-SEAL-NAME`. The seal is a hash over everything the edition says, so that no
article can contain it: whoever wrote it into one would have changed it. It is plain letters and
digits, because MJML rewrites other characters inside of attributes.
"""

from __future__ import annotations

import hashlib
import html
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields

#: Letters of the hash in a token: enough that nobody finds two editions with the same one.
SEAL_CHARS = 20

#: Lines of the text part; 72 leaves room for two marks of quotation.
TEXT_COLUMNS = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """What differs from reader to reader, in words: its field names are the names of the tokens."""

    address: str
    asked: str  # the date they asked on
    each: str  # "each morning at 06:30 in Berlin"
    unsubscribe: str
    preferences: str


NAMES = tuple(each.name for each in fields(Personal))


def seal(content: str) -> str:
    """A name for `content` that nothing within `content` can know."""
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:SEAL_CHARS]


def token(seal: str, name: str) -> str:
    """What stands for the field `name` of a reader's Personal."""
    assert name in NAMES, name
    return f"newsdesk-{seal}-{name}"


def split(text: str, seal: str) -> Iterator[tuple[str, str]]:
    """The text as (words, name of the token after them); the last name is ""."""
    pieces = re.split(f"newsdesk-{seal}-({'|'.join(NAMES)})", text)
    return zip(pieces[::2], [*pieces[1::2], ""], strict=True)


def fill_html(text: str, seal: str, personal: Personal) -> str:
    """HTML with this reader's words, escaped, in place of the tokens."""
    return "".join(words + html.escape(_value(personal, name)) for words, name in split(text, seal))


def fill_text(text: str, seal: str, personal: Personal) -> str:
    """Plain text with this reader's words; a line that had a token is wrapped."""
    mark = f"newsdesk-{seal}-"
    lines = text.split("\n")
    return "\n".join(fill_line(each, seal, personal) if mark in each else each for each in lines)


def fill_line(line: str, seal: str, personal: Personal) -> str:
    """One line with this reader's words, as many lines as it then needs."""
    filled = "".join(words + _value(personal, name) for words, name in split(line, seal))
    return wrap(filled)


def wrap(text: str, indent: str = "") -> str:
    """A paragraph in lines of TEXT_COLUMNS, all but the first indented; addresses stay whole."""
    return textwrap.fill(
        text,
        TEXT_COLUMNS,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _value(personal: Personal, name: str) -> str:
    return getattr(personal, name) if name else ""
