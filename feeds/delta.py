"""A feed's bytes and what its reader had in, the feed with only what is new out. Pure.

RFC 3229's instance manipulation `feed`: the document is whole and valid, entries the reader has are
left out of it. An entry is known by its bytes, so one that was corrected is new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

#: With their line and its break, so that what is left is as it would have been written. Text is
#: escaped, so a tag is a tag.
_ENTRIES = {
    "rss": re.compile(rb"[ \t]*<item>.*?</item>[ \t]*\n?", re.DOTALL),
    "atom": re.compile(rb"[ \t]*<entry(?: [^>]*)?>.*?</entry>[ \t]*\n?", re.DOTALL),
}

#: The kinds of document that have entries.
KINDS = frozenset({*_ENTRIES, "json"})

#: Versions that are told apart: one every quarter of an hour for two days.
VERSIONS_MAX = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What the present version has, and in which version each of it came."""

    since: dict[int, int]  # mark of an entry -> number of the version it came in
    versions: dict[bytes, int]  # tag of a version -> its number; the last is the present one

    @property
    def number(self) -> int:
        return next(reversed(self.versions.values()))


def known(tag: bytes, kind: str, content: bytes, before: Known | None) -> Known:
    """What is known once the document is `content`, whose tag is `tag`."""
    number = before.number + 1 if before else 0
    came = before.since if before else {}
    # A version that returns is numbered anew: who had it then lacks what was added meanwhile.
    versions = {each: at for each, at in before.versions.items() if each != tag} if before else {}
    for oldest in list(versions)[: max(0, len(versions) - VERSIONS_MAX + 1)]:
        del versions[oldest]
    marks = (_mark(each) for each in _entries(kind, content))
    return Known({mark: came.get(mark, number) for mark in marks}, {**versions, tag: number})


def only_new(kind: str, content: bytes, known: Known, had: bytes) -> bytes | None:
    """`content` without the entries that the version `had` held; None for an unknown version."""
    number = known.versions.get(had)
    if number is None:
        return None

    def is_new(entry: bytes) -> bool:
        return known.since.get(_mark(entry), known.number) > number

    if kind == "json":
        return _json_with(content, is_new)
    return _ENTRIES[kind].sub(lambda each: each[0] if is_new(each[0]) else b"", content)


def _entries(kind: str, content: bytes) -> Sequence[bytes]:
    if kind == "json":
        return [bytes(item) for item in msgspec.json.decode(content, type=_JsonFeed).items]
    return [each[0] for each in _ENTRIES[kind].finditer(content)]


class _JsonFeed(msgspec.Struct):
    items: list[msgspec.Raw] = []


def _json_with(content: bytes, is_new: Callable[[bytes], bool]) -> bytes:
    feed = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    items = msgspec.json.decode(feed["items"], type=list[msgspec.Raw]) if "items" in feed else []
    kept = {**feed, "items": [item for item in items if is_new(bytes(item))]}
    return msgspec.json.encode(kept)


def _mark(entry: bytes) -> int:
    return int.from_bytes(blake2b(entry.strip(), digest_size=8).digest(), "big")
