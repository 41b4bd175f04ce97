"""Text and addresses from anywhere in, what one line and a link can hold out. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

#: What breaks lines, half characters, overrides of direction, and Unicode's noncharacters.
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)


def plain(text: str) -> str:
    """The text on one line, without what is UNPRINTABLE."""
    # Only plain blanks are folded: a no-break space before a French colon is meant.
    return re.sub(" {2,}", " ", UNPRINTABLE.sub(" ", text)).strip()


def shorten(text: str, chars_max: int) -> str:
    """One line of at most `chars_max` characters, cut after a word, with an ellipsis."""
    line = plain(text)
    if len(line) <= chars_max:
        return line
    cut = line[: chars_max - 1]
    at = cut.rfind(" ")
    # A script without blanks, or one endless word: anywhere is as good.
    cut = cut[:at] if at > chars_max // 2 else cut
    return cut.rstrip(" ,;:.-–—(") + "…"


def href(url: str | None) -> str:
    """The address in ASCII as a link needs it; "" if it is none, or no http(s).

    MJML rewrites attribute values as Rust string literals: a backslash or an invisible character
    would come out as `\\\\` or `\\u{200f}`. In ASCII nothing is left to rewrite.
    """
    try:
        if not url or urlsplit(url).scheme not in ("http", "https"):
            return ""
    except ValueError:  # "http://[": an IPv6 address that is none
        return ""
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~")
