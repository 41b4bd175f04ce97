"""The formats a feed is written in, each a pair of functions of one shape. Pure.

Who publishes or serves feeds goes through FORMATS and names none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feeds import atom, jsonfeed, rss
from feeds.model import ATOM_TYPE, JSON_TYPE, RSS_TYPE, Entry, Feed


@dataclass(frozen=True, slots=True)
class Format:
    """A Feed in, bytes out: equal feeds are equal bytes."""

    ending: str  # of files and addresses: "rss"
    media_type: str  # as links and servers name it
    render: Callable[[Feed], bytes]
    entry: Callable[[Entry], bytes]  # ValueError: it cannot be written


FORMATS = (
    Format("rss", RSS_TYPE, rss.render, rss.entry),
    Format("atom", ATOM_TYPE, atom.render, atom.entry),
    Format("json", JSON_TYPE, jsonfeed.render, jsonfeed.entry),
)
