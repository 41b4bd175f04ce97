"""An address in, a bounded answer out, from public addresses only. Talks to the network.

Addresses come from strangers: feeds, hubs, redirects. Each redirect is checked as the first address
was (see connection.py). Bytes, time and redirects are bounded. Proxy settings of the environment
are not used: a proxy would resolve the name again.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit

from articles.addresses import web_address
from articles.connection import (
    CHUNK_BYTES,
    Connection,
    FetchError,
    ForbiddenError,
    UnreachableError,
)

__all__ = ["Answer", "Client", "FetchError", "ForbiddenError", "UnreachableError", "unpacked"]

#: A feed of full articles takes a few MB; past it something else is being sent.
BODY_BYTES_MAX = 16_777_216
#: What a packed body may grow to. Prose is packed to a third, a bomb to a thousandth.
UNPACKED_BYTES_MAX = 67_108_864
#: From the name's resolution to the last byte, redirects included.
SECONDS_MAX = 30.0
#: http to https, to www, to the new path, and two more; browsers give up at 20.
REDIRECTS_MAX = 5
#: Parts of a gzip body. Servers write one; each of a million empty ones would copy the rest.
MEMBERS_MAX = 100

_PERMANENT = (301, 308)
_KEEPS_METHOD = (307, 308)
_REDIRECTS = (301, 302, 303, 307, 308)
#: Meant for the host that was asked and for no other.
_CONFIDENTIAL = frozenset(("authorization", "cookie", "proxy-authorization"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said. Names of headers are in lower case, the body is unpacked."""

    status: int
    url: str  # where it was found, after redirects
    headers: Mapping[str, str]
    body: bytes
    moved_to: str = ""  # where the page has moved for good (only 301 and 308 on the way)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """How requests are made. `private_hosts` are names that may lie on a private address."""

    private_hosts: frozenset[str] = frozenset()
    agent: str = "newsdesk"
    body_bytes_max: int = BODY_BYTES_MAX
    unpacked_bytes_max: int = UNPACKED_BYTES_MAX
    seconds_max: float = SECONDS_MAX
    redirects_max: int = REDIRECTS_MAX
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET `url`; give `If-None-Match` and the like as `headers`. Any status is an answer.

        Raises:
            ForbiddenError: it is not http(s), or leads to an address that is not public.
            UnreachableError: no answer in time; it may work later.
            FetchError: too large, too many redirects, or no HTTP.
        """
        return self._ask("GET", url, None, headers or {})

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """POST `body` to `url`. Only redirects that keep the method (307, 308) are followed.

        Raises:
            FetchError: as `get`.
        """
        return self._ask("POST", url, body, headers or {})

    def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        deadline = time.monotonic() + self.seconds_max
        start = current = _address(url)
        for_good, moved_to = True, ""
        for _ in range(self.redirects_max + 1):
            answer = self._ask_once(method, current, body, headers, deadline)
            follow = _REDIRECTS if method == "GET" else _KEEPS_METHOD
            location = answer.headers.get("location", "")
            if answer.status not in follow or not location:
                return replace(answer, body=self._unpacked(answer), moved_to=moved_to)
            following = _address(_utf8(location), current)
            for_good = for_good and answer.status in _PERMANENT
            moved_to = following if for_good else moved_to
            if _origin(following) != _origin(current):
                headers = {k: v for k, v in headers.items() if k.lower() not in _CONFIDENTIAL}
            current = following
        raise FetchError(f"{start}: redirects more than {self.redirects_max} times; give the last")

    def _ask_once(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        deadline: float,
    ) -> Answer:
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"User-Agent": self.agent, "Accept-Encoding": "gzip", "Connection": "close"}
        connection = Connection(url, deadline, self.private_hosts, self.tls)
        try:
            connection.request(method, path, body, sent | dict(headers))
            response = connection.getresponse()
            packed = self._read(response, url)
            received = {name.lower(): value for name, value in response.getheaders()}
        except (OSError, HTTPException, OverflowError) as error:  # a chunk of 2**64 bytes
            raise UnreachableError(f"{url}: {_said(error, self.seconds_max)}") from error
        finally:
            connection.end()
        return Answer(status=response.status, url=url, headers=received, body=packed)

    def _read(self, response: HTTPResponse, url: str) -> bytes:
        parts, size = [], 0
        while part := response.read(CHUNK_BYTES):
            parts.append(part)
            size += len(part)
            if size > self.body_bytes_max:
                raise FetchError(f"{url}: longer than {self.body_bytes_max >> 20} MiB; not read on")
        if response.length:  # http.client does not say so when it reads in parts
            raise UnreachableError(f"{url}: ends {response.length:,} bytes too early")
        return b"".join(parts)

    def _unpacked(self, answer: Answer) -> bytes:
        encoding = answer.headers.get("content-encoding", "").strip().lower()
        if encoding in ("", "identity") or not answer.body:
            return answer.body
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise FetchError(f"{answer.url}: packed as {encoding!r}, where gzip was asked for")
        try:
            return unpacked(answer.body, self.unpacked_bytes_max)
        except (zlib.error, EOFError, OverflowError) as error:
            raise FetchError(f"{answer.url}: cannot be unpacked: {error}") from error


def unpacked(packed: bytes, bytes_max: int) -> bytes:
    """What gzip or zlib bytes hold, several members one after the other too.

    Raises:
        OverflowError: more than `bytes_max` (no more than that is ever held), or MEMBERS_MAX.
        EOFError: the end is missing.
        zlib.error: damaged.
    """
    room, parts = bytes_max, list[bytes]()
    for _ in range(MEMBERS_MAX):
        if not packed:
            return b"".join(parts)
        member = zlib.decompressobj(wbits=47)  # gzip's or zlib's header, whichever is there
        part = member.decompress(packed, room + 1)
        room -= len(part)
        if room < 0:
            raise OverflowError(f"unpacks to more than {bytes_max >> 20} MiB")
        if not member.eof:
            raise EOFError("it ends early")
        parts.append(part)
        packed = member.unused_data.lstrip(b"\0")  # some writers pad
    raise OverflowError(f"packed in more than {MEMBERS_MAX} parts")


def _address(text: str, base: str | None = None) -> str:
    url = web_address(text, base)
    if url is None:
        raise ForbiddenError(f"{text[:200]!r}: not an http(s) address; write https://host/path")
    return url


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _utf8(header: str) -> str:
    """A header's text: http.client reads bytes as Latin-1, servers send UTF-8."""
    return header.encode("latin-1", "replace").decode("utf-8", "replace")


def _said(error: Exception, seconds_max: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no complete answer within {seconds_max:g} s"
    if isinstance(error, HTTPException | OverflowError):
        return f"not a usable HTTP answer ({type(error).__name__}: {error})"
    return str(error)
