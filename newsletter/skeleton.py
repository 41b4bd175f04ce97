"""A template in MJML with Jinja's tags in it in, the same with marks in their place out. Pure.

MJML is compiled once for all editions, with marks where Jinja's tags were; then the tags are put
back, and an edition is printed by Jinja alone. What MJML computes with (paddings, widths) has to
stand in the template as it is; a tag between two elements becomes a raw piece of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable

#: Jinja's three kinds of tags.
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)

_INCLUDE = re.compile(r"""\{%-?\s*include\s+["']([^"']+)["']\s*-?%\}\n?""")
_PIECE = re.compile(rf"({TAG.pattern})|(<!--.*?-->)|(</?[A-Za-z][\w-]*)|(/?>)|(\")", re.DOTALL)
_MARK = re.compile(r' ?njdk(\d+)a="1"|njdk(\d+)e')

#: Elements whose content MJML leaves as it is.
_CONTENT = frozenset({"mj-text", "mj-raw", "mj-style", "mj-title", "mj-button"})


def joined(source: str, read: Callable[[str], str]) -> str:
    """The template with what it includes in place; `read` gives the source of a name."""
    return _INCLUDE.sub(lambda match: joined(read(match[1]), read), source)


def marked(source: str, known: Callable[[str], str | None]) -> tuple[str, list[str]]:
    """The template with marks for tags, and the tags.

    `known` gives the value of an expression in an attribute of MJML's, where it is the same for
    every edition: MJML reads some of them.
    """
    tags: list[str] = []
    out: list[str] = []
    element, content, quoted, at = "", "", False, 0
    for piece in _PIECE.finditer(source):
        out.append(source[at : piece.start()])
        at = piece.end()
        tag, comment, opens, closes, _ = piece.groups()
        text = piece[0]
        if tag:
            value = known(tag) if quoted and element.startswith("mj") else None
            text = value if value is not None else _mark(tag, tags, element, content, quoted=quoted)
        elif comment or quoted:
            quoted = quoted and text != '"'
        elif opens:
            element = text.lstrip("</")
            if text.startswith("</") and element == content:
                content = ""
        elif closes and element:
            if element in _CONTENT and text == ">" and not _is_end(out):
                content = element
            element = ""
        elif text == '"' and element:
            quoted = True
        out.append(text)
    return "".join([*out, source[at:]]), tags


def restored(page: str, tags: list[str]) -> str:
    """What MJML made of a marked template, with Jinja's tags in it again."""
    return _MARK.sub(lambda match: tags[int(match[1] or match[2])], page)


def _mark(tag: str, tags: list[str], element: str, content: str, *, quoted: bool) -> str:
    if tag.startswith("{#"):
        return ""
    tags.append(tag)
    number = len(tags) - 1
    if element and not quoted:
        return f' njdk{number}a="1"'
    return f"njdk{number}e" if element or content else f"<mj-raw>njdk{number}e</mj-raw>"


def _is_end(out: list[str]) -> bool:
    """Whether the tag that is being closed is an end tag."""
    return next((each for each in reversed(out) if each.startswith("<")), "").startswith("</")
