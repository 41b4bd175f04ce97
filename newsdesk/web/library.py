"""The public folder in, its files as documents out: looked at on each request. Reads files.

Whoever writes the folder, and by whatever kind of swap: a file that is another one (by inode, size
or time) is read anew, and its tag is a hash of its bytes, so the same words keep their ETag through
restarts and on several machines. One thread: the server's loop.
"""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from articles.model import Site
from feeds import delta
from newsdesk.web import codings
from newsdesk.web.documents import FRESH, IMMUTABLE, KINDS, Document
from newsdesk.web.messages import Fields
from newsdesk.web.negotiation import Coding

#: Bodies kept in memory; what is asked for often is there, the rest is read from the disk.
BODY_BYTES_MAX = 64 * 1024 * 1024

#: Of so many files it is known what their readers had: about 5 kB each.
DOCUMENTS_MAX = 5_000

#: Between two looks at a file. A thousand polls a second share one; nobody can publish faster.
LOOK_EVERY_S = 0.001

#: Sixteen hexadecimal digits of SHA-256: among so few versions, none meets another.
TAG_CHARS = 16

#: What lies below these are feeds.
FEEDS = ("feeds/", "editions/")

#: What a folder shows.
INDEX = "index.html"

#: A page as it was mailed: its own style, the pictures of its articles, and nothing that runs.
PAGE: Fields = (
    (
        b"Content-Security-Policy",
        b"default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:;"
        b" form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
)

#: What an address may name: no hidden file, nothing outside the folder.
_PATH = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9+_~-]*/)*[A-Za-z0-9][A-Za-z0-9+_~-]*\.([a-z]{2,5})")

#: A month of a feed's archive (RFC 5005).
_ARCHIVE = re.compile(r"feeds/.+/\d{4}-\d{2}\.[a-z]+")

_SIBLING: dict[Coding, str] = {"gzip": ".gz", "br": ".br"}


class ChangedError(Exception):
    """The file was replaced between two looks at it; look again."""


@dataclass(slots=True)
class _Seen:
    signature: tuple[int, ...]
    document: Document
    looked_at: float


class Library:
    """The documents in one folder."""

    def __init__(self, folder: Path, site: Site | None = None) -> None:
        self._folder, self._site = str(folder), site
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._bodies = Shelf(BODY_BYTES_MAX)

    def document(self, path: str, now: float) -> Document | None:
        """What stands at `path` below the folder; None where nothing public does.

        `now` is in seconds, from whenever.
        """
        if path.endswith("/"):
            path += INDEX
        seen = self._seen.get(path)
        if seen is None:
            if not _is_public(path):
                return None
        elif 0 <= now - seen.looked_at < LOOK_EVERY_S:
            return seen.document
        name = f"{self._folder}/{path}"
        try:
            signature = _signature(name)
            if seen is None or seen.signature != signature:
                seen = self._read(path, name, signature, seen)
        except OSError:  # gone, or never there, or a folder
            self._seen.pop(path, None)
            return None
        seen.looked_at = now
        return seen.document

    def forget(self, path: str) -> None:
        """Look at this file the next time, however soon."""
        if path in self._seen:
            self._seen[path].looked_at = float("-inf")

    def _read(
        self, path: str, name: str, signature: tuple[int, ...], before: _Seen | None
    ) -> _Seen:
        content = _bytes_of(name)
        tag = sha256(content).hexdigest()[:TAG_CHARS].encode()
        if before and before.document.tag == tag:  # written again with the same words
            seen = _Seen(signature, before.document, 0.0)
        else:
            self._bodies.drop(path)
            self._bodies.put((path, "identity"), content)
            made = self._made(path, name, tag, signature, content, before)
            seen = _Seen(signature, made, 0.0)
        self._seen[path] = seen
        self._seen.move_to_end(path)
        if len(self._seen) > DOCUMENTS_MAX:
            self._seen.popitem(last=False)
        return seen

    def _made(
        self,
        path: str,
        name: str,
        tag: bytes,
        signature: tuple[int, ...],
        content: bytes,
        before: _Seen | None,
    ) -> Document:
        ending = _kind_of(path)
        had = before.document.known if before else None
        return Document(
            ending=ending,
            tag=tag,
            modified_at=signature[0] // 1_000_000_000,
            body=partial(self._body, path, name, tag),
            known=delta.known(tag, ending, content, had) if ending in delta.KINDS else None,
            cache_control=IMMUTABLE if _ARCHIVE.fullmatch(path) else FRESH,
            more=PAGE if ending == "html" else self._link(path, ending),
        )

    def _link(self, path: str, ending: str) -> Fields:
        """Who tells of news (WebSub, 4): in the head, too, for formats that cannot say it."""
        site = self._site
        if site is None or not site.hubs or ending not in delta.KINDS:
            return ()
        hubs = "".join(f'<{hub}>; rel="hub", ' for hub in site.hubs)
        return ((b"Link", f'{hubs}<{site.public_url}{path}>; rel="self"'.encode()),)

    def _body(self, path: str, name: str, tag: bytes, coding: Coding) -> bytes:
        """The bytes of the version `tag`.

        Raises:
            ChangedError: another version stands there by now.
        """
        body = self._bodies.get((path, coding))
        if body is not None:
            return body
        if coding == "identity":
            body = _bytes_of(name)
            if not sha256(body).hexdigest().encode().startswith(tag):
                raise ChangedError(path)
        else:
            whole = self._body(path, name, tag, "identity")
            body = _sibling(name, coding, whole) or codings.compressed(whole, coding)
        self._bodies.put((path, coding), body)
        return body


class Shelf:
    """Bodies by path and coding, the least used put away when they take more than `bytes_max`."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max, self._bytes = bytes_max, 0
        self._bodies: OrderedDict[tuple[str, Coding], bytes] = OrderedDict()

    def get(self, key: tuple[str, Coding]) -> bytes | None:
        body = self._bodies.get(key)
        if body is not None:
            self._bodies.move_to_end(key)
        return body

    def put(self, key: tuple[str, Coding], body: bytes) -> None:
        self._take_out(key)
        self._bodies[key] = body
        self._bytes += len(body)
        while self._bytes > self._bytes_max and len(self._bodies) > 1:
            self._take_out(next(iter(self._bodies)))

    def drop(self, path: str) -> None:
        """Every coding of `path`."""
        for coding in ("identity", "gzip", "br"):
            self._take_out((path, coding))

    def _take_out(self, key: tuple[str, Coding]) -> None:
        self._bytes -= len(self._bodies.pop(key, b""))


def _kind_of(path: str) -> str:
    """A key of KINDS: the ending, but that not all JSON is a feed."""
    ending = path.rpartition(".")[2]
    return "data" if ending == "json" and not path.startswith(FEEDS) else ending


def _is_public(path: str) -> bool:
    match = _PATH.fullmatch(path)
    return match is not None and match[1] in KINDS


def _signature(name: str) -> tuple[int, ...]:
    stat = os.stat(name)
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _bytes_of(name: str) -> bytes:
    with open(name, "rb") as file:
        return file.read()


def _sibling(name: str, coding: Coding, whole: bytes) -> bytes | None:
    """What was compressed beforehand, if it is this version and not one before or after it."""
    try:
        body = _bytes_of(name + _SIBLING[coding])
    except OSError:
        return None
    return body if codings.restored(body, coding) == whole else None
