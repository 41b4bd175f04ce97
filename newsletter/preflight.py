"""An edition as it would be mailed in, what is wrong with it out. Pure.

What MJML drops in silence, an edited template forgets or an article smuggles in is found here,
before anybody gets it. Each finding names the template and says what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html import escape, unescape

from newsletter import personal
from newsletter.view import View

#: Gmail cuts a message at 102,400 bytes, sooner with many special characters.
HTML_BYTES_MAX = 90_000

HTML, TEXT = "digest.mjml.j2", "digest.txt.j2"

#: Elements that mail programs drop, or that fetch or do something.
FORBIDDEN = frozenset(
    {"script", "form", "input", "button", "iframe", "object", "embed", "video", "audio", "svg"}
    | {"link", "base"}
)

#: What stands between these in the HTML is one reader's own, and left out on the edition's page.
MINE = ("<!--mine-->", "<!--/mine-->")

_MINE = re.compile(f"{MINE[0]}.*?{MINE[1]}", re.DOTALL)
_TAG = re.compile(r"<([A-Za-z][\w-]*)((?:[^<>\"]|\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r"([\w:-]+)(?:=\"([^\"]*)\")?")
_CONDITIONAL = re.compile(r"<!--.*?-->", re.DOTALL)
_UNRENDERED = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|</?mj-[a-z-]+|&lt;/?mj-")
_ABSOLUTE = re.compile(r"https?://[^\s/?#]+|mailto:[^\s@]+@")


def problems(shown: View, page: str, text: str, seal: str) -> Iterator[str]:
    """What keeps this edition from being mailed; nothing, if all is well."""
    if (size := len(page.encode())) > HTML_BYTES_MAX:
        yield f"{HTML}: {size} bytes of HTML for one story; {HTML_BYTES_MAX} is the limit"
    for name, part in ((HTML, page), (TEXT, text)):
        if left := _unrendered(shown, part):
            what = f"MJML knows no {left[0]}> where it stands" if "mj-" in left[0] else ""
            yield f"{name}: {what or f'{left[0]!r} was not printed: a tag that does not end?'}"
        if personal.token(seal, "unsubscribe") not in part:
            yield f"{name}: no unsubscribe link; print {{{{ mine.unsubscribe }}}}"
    if personal.is_personal(without_mine(page), seal):
        yield f"{HTML}: words of one reader outside of {MINE[0]} ... {MINE[1]}: all would see them"
    elements = [(name.lower(), _attributes(rest)) for name, rest in _TAG.findall(_seen(page))]
    yield from _missing(shown, page, text, {unescape(each.get("href", "")) for _, each in elements})
    for name, attributes in elements:
        yield from _wrong(name, attributes, seal)


def without_mine(page: str) -> str:
    """The page without what is one reader's own, for everybody's eyes."""
    return _MINE.sub("", page)


def _missing(shown: View, page: str, text: str, links: set[str]) -> Iterator[str]:
    """Headlines and addresses that one of the two parts lacks."""
    flat, lines = _flat(text), set(text.split())
    for line in shown.lines:
        for name, what, found in (
            (HTML, line.text, str(escape(line.text)) in page or _as_jinja(line.text) in page),
            (HTML, line.url, not line.url or line.url in links),
            (TEXT, line.text, _flat(line.text) in flat),
            (TEXT, line.url, not line.url or line.url in lines),
        ):
            if not found:
                yield f"{name}: {what!r} of the edition is not in what it makes"


def _wrong(name: str, attributes: dict[str, str], seal: str) -> Iterator[str]:
    """What is wrong with one element, whoever wrote it."""
    if name in FORBIDDEN:
        yield f"{HTML}: <{name}> does not belong in a mail"
    for each in attributes:
        if each.startswith("on"):
            yield f"{HTML}: <{name} {each}> would be a script"
    if name == "img" and "alt" not in attributes:
        yield f'{HTML}: a picture without alt; write alt="" if it says nothing'
    for each in ("href", "src"):
        address = unescape(attributes.get(each, "https://x"))
        if not _ABSOLUTE.match(address) and not address.startswith(f"newsdesk-{seal}-"):
            yield f"{HTML}: {each}={address!r} leads nowhere from a mail; write the whole address"


def _unrendered(shown: View, part: str) -> re.Match[str] | None:
    """The first sign of a template left in a part, unless an article's own words have it."""
    left = _UNRENDERED.search(part)
    if left is None:
        return None
    for words in sorted(filter(_UNRENDERED.search, _words(shown)), key=len, reverse=True):
        for form in (words, str(escape(words)), _as_jinja(words)):
            part = part.replace(form, "")
    own = " ".join(words for words in _words(shown) if _UNRENDERED.search(words))
    left = _UNRENDERED.search(part)
    # Wrapped lines and capitals of the text part: the words are ours all the same.
    return None if left and own and left[0].casefold() in own.casefold() else left


def _words(value: object) -> Iterator[str]:
    """Every text within a view."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _words(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _words(getattr(value, each.name))


def _seen(page: str) -> str:
    """The page without comments: Outlook's own parts repeat what the others see."""
    return _CONDITIONAL.sub("", page)


def _attributes(rest: str) -> dict[str, str]:
    return {name.lower(): value for name, value in _ATTRIBUTE.findall(rest)}


def _as_jinja(text: str) -> str:
    """Escaped as templates do it: quotes by number."""
    return escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()
