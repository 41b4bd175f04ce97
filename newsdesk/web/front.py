"""A request in; what is public is answered here, the rest goes to the pages behind. Memory, files.

Nine of ten requests are polls for a file that stands in public/: `answer` serves them in one call,
without a task or a thread, also directly from the server's protocol (server.py). What has to be
made first (`made`) is awaited; what is not ours goes to the application behind.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from feeds.catalog import FOLDER
from feeds.publish import LIST, TOPS
from newsdesk.web.crowd import Crowd, bucket_of
from newsdesk.web.documents import Document
from newsdesk.web.library import ChangedError, Library
from newsdesk.web.messages import Answer, Ask, joined, plain
from newsdesk.web.respond import SMALL_COST, preflight, respond

#: Between two looks a folder is swapped once; twice would be a swap within a millisecond.
LOOKS_MAX = 3

#: Who is told to wait comes back when the bucket holds a good part again.
WAIT_S_MIN = 60

#: A name that moved, or is no more, stays so.
MOVED_CACHE_CONTROL = (b"Cache-Control", b"public, max-age=86400")
UNKNOWN_CACHE_CONTROL = (b"Cache-Control", b"public, max-age=60")

_NAMED = re.compile(r"feeds/([^/]+?)((?:/[0-9-]+)?\.[a-z]+)")

#: Fields by which a proxy shows itself.
_PROXIED = (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via")

#: Makes what no file holds: a document, an answer of another kind (301), or None.
Maker = Callable[[Ask, str], Awaitable[Document | Answer | None]]


async def nothing_made(_ask: Ask, _path: str) -> None:
    """Makes nothing: what is no file is not there."""
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Everything public, in front of the pages on which readers act."""

    library: Library
    crowd: Crowd
    behind: ASGIApp
    prefixes: tuple[str, ...] = ("/",)  # paths under which the public folder is reached
    made: Maker = nothing_made
    renamed: Mapping[str, str] = field(default_factory=dict)  # feeds by their former names
    removed: frozenset[str] = frozenset()  # names of feeds there are no more
    forwarded: bytes = b""  # the field in which our proxy names its client, in small letters
    clock: Callable[[], float] = time.monotonic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        ask = ask_of(scope)
        now = self.clock()
        answer = self.answer(ask, now) or await self._answer_made(ask, now)
        if answer is None:
            await self.behind(scope, receive, send)
            return
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": [*answer.fields]}
        )
        await send({"type": "http.response.body", "body": answer.body})

    def answer(self, ask: Ask, now: float) -> Answer | None:
        """The answer to what needs no making; None where it does, or is not ours.

        `now` is in seconds, of `clock`.
        """
        _prefix, path = self.below(ask.path)
        if path is None:
            return None
        client = self.client(ask)
        wait_s = self.crowd.take(client, 0.0, now)
        if wait_s:
            return too_many(wait_s)
        answer = self._answered(ask, path, now)
        if answer is not None:
            self.crowd.take(client, answer.cost, now)
        return answer

    def _answered(self, ask: Ask, path: str, now: float) -> Answer | None:
        if ask.method == b"OPTIONS":
            return preflight()
        if ask.method not in (b"GET", b"HEAD"):
            return plain(405, "Feeds are read with GET.", (b"Allow", b"GET, HEAD, OPTIONS"))
        if path == LIST and ask.query:
            return None  # a choice of feeds
        for _ in range(LOOKS_MAX):
            document = self.library.document(path, now)
            if document is None:
                return None
            try:
                return respond(ask, document)
            except ChangedError:
                self.library.forget(path)
        return plain(503, "The feeds are being replaced.", (b"Retry-After", b"1"))

    async def _answer_made(self, ask: Ask, now: float) -> Answer | None:
        prefix, path = self.below(ask.path)
        if path is None:
            return None
        answer = self._elsewhere(prefix, path)
        if answer is None:
            made = await self.made(replace(ask, path=prefix), path)
            answer = respond(ask, made) if isinstance(made, Document) else made or _unknown()
        self.crowd.take(self.client(ask), answer.cost, now)
        return answer.without_body() if ask.method == b"HEAD" else answer

    def _elsewhere(self, prefix: str, path: str) -> Answer | None:
        """301 for a feed that has another name now, 410 for one that was taken away."""
        match = _NAMED.fullmatch(path)
        if match is None:
            return None
        name, rest = match.groups()
        if name in self.renamed:
            return moved(f"{prefix}{FOLDER}{self.renamed[name]}{rest}")
        if name in self.removed:
            return plain(410, "This feed was taken away.", MOVED_CACHE_CONTROL, cost=SMALL_COST)
        return None

    def below(self, path: str) -> tuple[str, str | None]:
        """The prefix and what may be public below it; None where nothing is."""
        for prefix in self.prefixes:
            if path.startswith(prefix):
                rest = path[len(prefix) :]
                top, slash, _ = rest.partition("/")
                if top in TOPS and (slash or top == LIST):
                    return prefix, rest
        return "/", None

    def client(self, ask: Ask) -> str:
        """Whose bucket a request takes from; "" is nobody's.

        The last address in the field is the one our own proxy wrote. A proxy beside us that was
        not told of in the settings stands for all its clients: nobody is held back then.
        """
        if self.forwarded:
            last = ask.fields.get(self.forwarded, b"").rpartition(b",")[2].decode("latin-1")
            return bucket_of(_address(last))
        return "" if self.is_proxied(ask) else bucket_of(ask.client)

    def is_proxied(self, ask: Ask) -> bool:
        """Whether it came through a proxy of which the settings do not tell."""
        if self.forwarded or not any(name in ask.fields for name in _PROXIED):
            return False
        return _is_near(ask.client)


def prefixes(*urls: str) -> tuple[str, ...]:
    """Paths under which these addresses lie, and "/": some proxies take the path away."""
    paths = {urlsplit(url).path or "/" for url in urls} | {"/"}
    return tuple(sorted(paths, key=len, reverse=True))


def moved(location: str) -> Answer:
    """301 to a path on this host."""
    where = (b"Location", location.encode("ascii"))
    return plain(301, "It moved.", where, MOVED_CACHE_CONTROL, cost=SMALL_COST)


def _unknown() -> Answer:
    return plain(404, "There is no such feed.", UNKNOWN_CACHE_CONTROL, cost=SMALL_COST)


def too_many(wait_s: int) -> Answer:
    """429 with Retry-After (RFC 6585)."""
    wait_s = max(wait_s, WAIT_S_MIN)
    return plain(
        429,
        f"Too many at once from this address; in {wait_s} s it goes on. Ask with If-None-Match.",
        (b"Retry-After", b"%d" % wait_s),
        (b"Cache-Control", b"no-store"),
        cost=0.0,
    )


def ask_of(scope: Scope) -> Ask:
    """A request as this side of the server sees it."""
    return Ask(
        method=scope["method"].encode("latin-1"),
        path=scope["path"],
        query=scope["query_string"],
        fields=joined(scope["headers"]),
        client=(scope["client"] or ("",))[0],
    )


def _address(text: str) -> str:
    """`192.0.2.1:443`, `[2001:db8::1]`, `for="[2001:db8::1]:443";proto=https` (RFC 7239)."""
    match = re.search(r"for=\"?([^\";]+)", text, re.IGNORECASE)
    text = (match[1] if match else text).strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _is_near(address: str) -> bool:
    """Whether a proxy of our own may be there: this machine, or a private network."""
    try:
        return not ipaddress.ip_address(address.partition("%")[0]).is_global
    except ValueError:
        return True  # a socket file has no address
