"""Bytes on a connection in: to our server as requests, to our client as answers. No network.

The server is the one that `newsdesk serve` runs, from uvicorn's protocol down to the store of a
small newsroom, without the socket; the client is the one that asks feeds, hubs and subscribers.
"""

from __future__ import annotations

import asyncio
import atexit
import io
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fuzz_pieces import ANSWER, FIELDS, FORM, REQUEST, TARGET
from uvicorn.server import ServerState

from articles import http
from articles.connection import Connection, FetchError
from newsdesk.web import server
from tests.newsdesk.web.newsroom import SITE, Newsroom, article

#: An answer begins so; 500 is an error of ours, 503 a limit.
_ANSWERED = re.compile(rb"HTTP/1\.1 (?!500)[1-5]\d\d ")

#: Fields of a request; of many some are such that nothing else of it matters.
FIELDS_MAX = 4

#: Looks at what a request's task came to.
STEPS_MAX = 40

FORM_TYPE = b"Content-Type: application/x-www-form-urlencoded"

#: How a case of the client begins.
_ANSWERS = (
    b"",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 304 Not Modified\r\n",
    b"HTTP/1.1 301 Moved\r\n",
)
_METHODS = (b"GET", b"GET", b"HEAD", b"POST", b"OPTIONS")
_PATHS = (b"/feeds/all.atom", b"/feeds/", b"/feeds.opml?", b"/hub", b"/")


class Transport(asyncio.Transport):
    """One connection without a socket: keeps what is written."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 5), "sockname": ("192.0.2.2", 80)})
        self.written, self.closed = bytearray(), False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Nothing more comes."""

    resume_reading = pause_reading

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """None but ours."""


def serving() -> Callable[[bytes], None]:
    """A target: a case is what a stranger sends, in one piece or two; every answer is an answer."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    room = Newsroom(Path(folder), SITE)
    room.put(*(article(f"Headline {n}", n, ("syria", "middle-east", "all")) for n in range(1, 4)))
    room.publish()
    config = server._server(room.app(hub=True, answers_per_minute=1e9)).config
    config.load()
    loop = asyncio.new_event_loop()
    document = room.app().library.document("feeds/all.atom", 0.0)
    assert document
    tag = document.etag("identity")
    fields = [*FIELDS, b"If-None-Match: %s\r\n" % tag, b"If-Match: W/%s\r\n" % tag]

    async def ask(data: bytes, cut: int) -> bytes:
        state, transport = ServerState(), Transport()
        protocol = config.http_protocol_class(config, state, {}, loop)  # type: ignore[call-arg]
        protocol.connection_made(transport)
        for part in (data[:cut], data[cut:]):
            if part and not transport.closed:
                protocol.data_received(part)
        for step in range(STEPS_MAX):  # who waits for the rest of a body waits in vain
            if not state.tasks or transport.written:
                break
            await asyncio.sleep(0 if step < 20 else 0.001)
        protocol.eof_received()
        protocol.connection_lost(None)
        while state.tasks:
            await asyncio.wait(list(state.tasks))
        return bytes(transport.written)

    def target(case: bytes) -> None:
        if not case:
            return
        data = _request(case, fields)
        cut = len(data) if case[0] & 1 else len(data) // 2
        written = loop.run_until_complete(ask(data, cut))
        assert not written or _ANSWERED.match(written), (data, written[:200])

    return target


def fetching() -> Callable[[bytes], None]:
    """A target: a case is what a stranger's server answers; it is taken, or refused by name."""
    client = http.Client(body_bytes_max=1 << 16, unpacked_bytes_max=1 << 18)

    class Answering(Connection):
        said = b""

        def connect(self) -> None:
            self.sock = self  # type: ignore[assignment]

        def sendall(self, data: Any) -> None:
            """It is not read."""

        def makefile(self, _mode: str) -> io.BytesIO:
            return io.BytesIO(self.said)

        def close(self) -> None:
            """As of a socket that the reader closes."""

    http.Connection = Answering  # type: ignore[misc]

    def target(case: bytes) -> None:
        if not case:
            return
        Answering.said = _ANSWERS[case[0] % len(_ANSWERS)] + _spelled(case[1:], ANSWER)
        try:
            answer = client.get("http://feeds.example.org/a.xml", {"If-None-Match": '"x"'})
        except FetchError:
            return
        assert 100 <= answer.status <= 999
        assert len(answer.body) <= 1 << 18

    return target


def _request(case: bytes, fields: list[bytes]) -> bytes:
    """Three of four cases have the shape of a request; the others are its pieces in any order."""
    kind, case = case[0], case[1:]
    if kind % 4 == 0:
        return _spelled(case, REQUEST)
    many = kind >> 2 & 3  # pieces of the path
    method, path = _METHODS[kind % len(_METHODS)], _PATHS[(kind >> 4) % len(_PATHS)]
    head = _spelled(case[many : many + FIELDS_MAX], fields)
    line = b"%s %s%s HTTP/1.1\r\nHost: x\r\n" % (method, path, _spelled(case[:many], TARGET))
    form = _spelled(case[many + FIELDS_MAX :], FORM) if method == b"POST" else b""
    length = b"Content-Length: %d\r\n%s\r\n" % (len(form), FORM_TYPE) if form else b""
    return line + head + length + b"\r\n" + form


def _spelled(case: bytes, pieces: list[bytes]) -> bytes:
    return b"".join(pieces[byte % len(pieces)] for byte in case[:240])
