"""HTML from anywhere in, tidy and harmless HTML out. Pure.

markup -> limits -> sanitised (nh3) -> tree -> written anew (writer.py)
"""

from __future__ import annotations

import re
from html import unescape

import nh3

from articles.characters import permitted
from articles.elements import ATTRIBUTES, BLOCKS, DROPPED, INLINE, PARTS, VOID
from articles.errors import NewsdeskError
from articles.plain import paragraphs, tree
from articles.writer import Writer

#: A body as it came, pictures pasted into it apart. 200 times a long read; more is a mistake.
MARKUP_MAX = 1_048_576
#: Open tags as they came, and elements in each other once parsed. Real articles stay under 40;
#: parsing costs depth times length, and our own walk is recursive.
OPEN_MAX, DEPTH_MAX = 200, 100
#: Open formatting times tags: HTML re-opens formatting in each block: 100 kB can become gigabytes.
GROWTH_MAX = 500_000
#: Sum of squares of the distances between "<": the HTML parser compares all attributes of a tag.
SPAN_SQUARES_MAX = 2 * 10**10


class RefusedError(NewsdeskError):
    """This draft cannot be published; the message says why and what would help, in one sentence."""


_cleaner = nh3.Cleaner(
    tags=set(BLOCKS | PARTS | INLINE),
    clean_content_tags=set(DROPPED),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


_PASTED = re.compile(r"data:[\w.+-]*/[\w.+-]*;base64,[\w+/=%-]{64,}")  # a picture inside the markup
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.S)
_BLOCK_TAG = re.compile(r"<(p|div|br|ul|ol|h[1-6]|blockquote|table|figure|section|pre)\b", re.I)


def html(markup: str, base: str | None = None, *, prefix: str = "a-") -> str:
    """What a reader wants of `markup`, and nothing active: valid, tidy HTML.

    Addresses are resolved against `base`; those which are then not http(s) (or mailto, in links)
    go, their words stay. Ids are kept where the text links to them, with `prefix` before them.

    Raises:
        RefusedError: it is too large.
    """
    markup = _PASTED.sub("data:,", markup)
    if len(markup) > MARKUP_MAX:
        raise RefusedError(
            f"the body is {len(markup) / 1e6:.1f} million characters long, the limit is "
            f"{MARKUP_MAX / 1e6:.1f}: shorten it, or link to the long version"
        )
    if not _MARKUP.search(markup):
        return paragraphs(unescape(markup))
    if _is_costly(markup):
        return paragraphs(_words(markup))
    if "\n\n" in markup and not _BLOCK_TAG.search(markup):  # some editors leave paragraphs bare
        markup = re.sub(r"\n\s*\n", "<p>", markup)
    try:
        safe = permitted(_cleaner.clean(markup))
    except UnicodeEncodeError:  # a lone surrogate, which JSON can hold and UTF-8 cannot
        safe = permitted(_cleaner.clean(permitted(markup)))
    if _depth(safe) > DEPTH_MAX:
        return paragraphs(_words(safe))
    return "".join(Writer(tree(safe), base, prefix).blocks())


def _is_costly(markup: str) -> bool:
    """Whether parsing it takes more than its length deserves: nobody typed that."""
    depth = deepest = formats = most = tags = 0
    for slash, name in _TAG.findall(markup):
        name = name.lower()
        tags += 1
        if name in VOID or name in PARTS or name == "p":
            continue
        step = -1 if slash else 1
        depth = max(0, depth + step)
        deepest = max(deepest, depth)
        if name in INLINE or name in ("font", "big"):
            formats = max(0, formats + step)
            most = max(most, formats)
    spans = sum(len(each) ** 2 for each in markup.split("<"))
    return deepest > OPEN_MAX or most * tags > GROWTH_MAX or spans > SPAN_SQUARES_MAX


def _words(markup: str) -> str:
    """The text between tags, in one pass and without a parser; blocks are parted by blank lines."""
    head, *rest = _COMMENT.sub("", markup).split("<")
    words, dropping = [head], ""
    for each in rest:
        found = re.match(r"/?[a-zA-Z][a-zA-Z0-9]*", each)
        name = found[0].lower() if found else ""
        if dropping:
            dropping = "" if name == f"/{dropping}" else dropping
        elif name in DROPPED:
            dropping = name
        if not dropping and not each.startswith(("!", "?")):
            gap = "\n\n" if name.lstrip("/") in BLOCKS else ""
            words.append(gap + (each.partition(">")[2] if name else f"&lt;{each}"))
    return unescape("".join(words))


def _depth(safe: str) -> int:
    """How deep elements lie in each other, in well-formed HTML."""
    depth = deepest = 0
    for slash, name in _TAG.findall(safe):
        if name not in VOID:
            depth += -1 if slash else 1
            deepest = max(deepest, depth)
    return deepest
