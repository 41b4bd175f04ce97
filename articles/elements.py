"""The elements and attributes an article may have, as data. Pure."""

from __future__ import annotations

import re


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


WRAPPERS = _set(
    "p div section article main header footer aside address center nav form fieldset hgroup picture"
)
HEADINGS = _set("h1 h2 h3 h4 h5 h6")
BLOCKS = (
    WRAPPERS
    | HEADINGS
    | _set("ul ol dl blockquote pre figure figcaption table hr details summary video audio")
)
PARTS = _set("li dt dd caption thead tbody tfoot tr td th source")
INLINE = _set(
    "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span "
    "strike strong sub sup time tt u var wbr"
)
VOID = _set("area base br col embed hr img input link meta source track wbr param")
#: These go with all they hold. What noscript holds is text to the parser, and template is inert.
DROPPED = _set(
    "script style noscript template textarea select button svg math title head iframe frameset "
    "noframes noembed xmp plaintext datalist"
)
ATTRIBUTES: dict[str, frozenset[str]] = {
    tag: _set(names)
    for tag, names in {
        "*": "lang dir id",
        "a": "href hreflang",
        "abbr": "title",
        "dfn": "title",
        "blockquote": "cite",
        "q": "cite",
        "del": "cite datetime",
        "ins": "cite datetime",
        "time": "datetime",
        "img": "src alt width height srcset data-src data-original data-lazy-src",
        "ol": "start reversed",
        "li": "value",
        "td": "colspan rowspan",
        "th": "colspan rowspan scope abbr",
        "video": "src title",
        "audio": "src title",
        "source": "src",
    }.items()
}
VALUES = {
    "lang": re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"),
    "hreflang": re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*"),
    "dir": re.compile(r"ltr|rtl|auto", re.I),
    "scope": re.compile(r"(col|row)(group)?", re.I),
    "reversed": re.compile(""),
    "datetime": re.compile(r"[\w:.+ -]{1,40}"),
} | dict.fromkeys(("colspan", "rowspan"), re.compile(r"\d{1,3}"))
VALUES |= dict.fromkeys(("width", "height"), re.compile(r"\d{1,5}"))
VALUES |= dict.fromkeys(("start", "value"), re.compile(r"-?\d{1,9}"))
