"""What a request says it can take in, what it is sent out: codings and media types. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Coding = Literal["br", "gzip", "identity"]

#: The smallest first: which of those a client takes equally well it gets.
CODINGS: tuple[Coding, ...] = ("br", "gzip", "identity")

#: Nobody lists more; what lies behind is not looked at.
RANGES_MAX = 40

_Q = re.compile(r"q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


@lru_cache(maxsize=1_024)
def coding(accept_encoding: bytes) -> Coding:
    """The content coding for this Accept-Encoding (RFC 9110, 12.5.3); b"" asks for none.

    Where a client refuses everything we have, it gets the content as it is: an answer that it may
    be able to read is better than none.
    """
    wanted = _qualities(accept_encoding)
    wanted.setdefault("gzip", wanted.get("x-gzip", wanted.get("*", 0.0)))
    wanted.setdefault("br", wanted.get("*", 0.0))
    # Not named, identity is welcome, but less than any coding that is.
    wanted.setdefault("identity", 0.001)
    best = max(CODINGS, key=lambda each: (wanted[each], -CODINGS.index(each)))
    return best if wanted[best] > 0 else "identity"


@lru_cache(maxsize=4_096)
def is_browser(accept: bytes) -> bool:
    """Whether what asks shows pages to people: it names text/html (RFC 9110, 12.5.1).

    Programs that read feeds name feeds, or `*/*`; one that names both wants the feed, unless it
    wants it less.
    """
    wanted = _qualities(accept)
    page = wanted.get("text/html", 0.0)
    feeds = ("application/rss+xml", "application/atom+xml", "application/feed+json")
    return page > 0 and page > max(wanted.get(each, 0.0) for each in feeds)


@lru_cache(maxsize=1_024)
def wants_delta(a_im: bytes) -> bool:
    """Whether A-IM names the instance manipulation `feed` (RFC 3229, 10.5.3)."""
    return _qualities(a_im).get("feed", 0.0) > 0


def _qualities(field: bytes) -> dict[str, float]:
    """`a;q=0.5, b` as {"a": 0.5, "b": 1.0}; what is malformed counts as 1, as if it were not."""
    found: dict[str, float] = {}
    for each in field.decode("latin-1").split(",", RANGES_MAX)[:RANGES_MAX]:
        name, _, parameters = each.partition(";")
        match = _Q.search(parameters)
        found[name.strip().lower()] = float(match[1]) if match else 1.0
    found.pop("", None)
    return found
