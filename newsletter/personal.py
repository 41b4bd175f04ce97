"""Tokens in a text that many readers share, and one reader's own words in their place. Pure.

A token is `newsdesk-SEAL-NAME`. The seal is a hash over everything the edition says, so that no
article can contain it: whoever wrote it into one would have changed it. It is plain letters and
digits, because MJML rewrites other characters inside of attributes.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
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


def split(text: str, seal: str) -> tuple[tuple[str, str], ...]:
    """The text as (words, name of the token after them); the last name is ""."""
    pieces = re.split(f"newsdesk-{seal}-({'|'.join(NAMES)})", text)
    return tuple(zip(pieces[::2], [*pieces[1::2], ""], strict=True))


def is_personal(text: str, seal: str) -> bool:
    """Whether a token of this seal stands in the text."""
    return f"newsdesk-{seal}-" in text


def fill_html(text: str, seal: str, personal: Personal) -> str:
    """HTML with this reader's words, escaped, in place of the tokens."""
    return "".join(words + html.escape(_value(personal, name)) for words, name in split(text, seal))


def fill_text(text: str, seal: str, personal: Personal) -> str:
    """Plain text with this reader's words; a line that had a token is wrapped."""
    lines = (split(line, seal) for line in text.split("\n"))
    return "\n".join(
        fill_line(pieces, personal) if len(pieces) > 1 else pieces[0][0] for pieces in lines
    )


def fill_line(pieces: Iterable[tuple[str, str]], personal: Personal) -> str:
    """One split line with this reader's words, as many lines as it then needs."""
    return wrap("".join(words + _value(personal, name) for words, name in pieces))


def wrap(text: str, indent: str = "") -> str:
    """A paragraph in lines of TEXT_COLUMNS, all but the first indented; addresses stay whole.

    Only plain blanks part words. (`textwrap` does the same in ten times the time, and this is done
    for every reader.)
    """
    lines, start = [], 0
    while len(text) > TEXT_COLUMNS:
        cut = text.rfind(" ", start, TEXT_COLUMNS + 1)
        if cut < 0:  # one word, longer than a line
            cut = text.find(" ", TEXT_COLUMNS + 1)
        if cut < 0:
            break
        lines.append(text[:cut])
        text, start = indent + text[cut + 1 :], len(indent)
    return "\n".join([*lines, text])


def _value(personal: Personal, name: str) -> str:
    return getattr(personal, name) if name else ""
