"""Strangers' addresses are asked safely: public ones only, and within limits of bytes and time."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from articles.addresses import is_global
from articles.http import Answer, Client, FetchError, ForbiddenError, UnreachableError, unpacked

LOCAL = frozenset(("127.0.0.1",))
Speak = Callable[[socket.socket, bytes], None]


@contextmanager
def server(speak: Speak, host: str = "127.0.0.1") -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads each request's head and body and lets `speak` answer; its address and
    what it was asked."""
    asked: list[bytes] = []
    listener = socket.create_server((host, 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(10)
                try:
                    asked.append(_request(peer))
                    speak(peer, asked[-1])
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{listener.getsockname()[1]}/", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _request(peer: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        read += (some := peer.recv(65_536))
        if not some:
            return read
    head, _, body = read.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            while len(body) < int(line.split(b":")[1]):
                body += (some := peer.recv(65_536))
                if not some:
                    break
    return head + b"\r\n\r\n" + body


def saying(status: str = "200 OK", body: bytes = b"words", *headers: str) -> Speak:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    said = "\r\n".join(lines).encode() + body
    return lambda peer, _asked: peer.sendall(said)


def client(**options: object) -> Client:
    return Client(**({"private_hosts": LOCAL, "seconds_max": 5.0} | options))  # type: ignore[arg-type]


def test_an_answer_has_status_headers_and_body() -> None:
    with server(saying("200 OK", b"<rss/>", 'ETag: "x"', "Content-Type: text/xml")) as (url, asked):
        answer = client(agent="newsdesk/1 (+https://news.example.org/)").get(
            url + "feed?a=1#part", {"If-None-Match": '"w"'}
        )

    assert answer == Answer(
        status=200, url=url + "feed?a=1#part", body=b"<rss/>",
        headers={"content-length": "6", "etag": '"x"', "content-type": "text/xml"},
    )  # fmt: skip
    assert asked[0].startswith(b"GET /feed?a=1 HTTP/1.1\r\n")
    assert b'If-None-Match: "w"' in asked[0]
    assert b"User-Agent: newsdesk/1 (+https://news.example.org/)" in asked[0]


def test_a_304_and_an_error_page_are_answers_too() -> None:
    with server(lambda peer, _: peer.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")) as (url, _):
        assert client().get(url).status == 304
    with server(saying("410 Gone", b"")) as (url, _):
        assert client().get(url).status == 410


def test_post_sends_the_body() -> None:
    with server(saying("202 Accepted", b"")) as (url, asked):
        answer = client().post(url, b"hub.mode=publish", {"Content-Type": "text/plain"})

    assert answer.status == 202
    assert asked[0].startswith(b"POST / HTTP/1.1\r\n")
    assert asked[0].endswith(b"\r\n\r\nhub.mode=publish")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]",
    ],
)  # fmt: skip
def test_an_address_of_this_machine_is_not_asked(address: str) -> None:
    with server(saying(), "0.0.0.0") as (url, asked), pytest.raises(ForbiddenError):
        Client(seconds_max=5).get(f"http://{address}:{url.rsplit(':', 1)[1]}")

    assert asked == []


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "127.255.0.1",
        "0.1.2.3", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::1", "::", "::127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1",
        "2002:a00:1::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1",
    ],
)  # fmt: skip
def test_every_kind_of_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_global(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_asked(address: str) -> None:
    assert is_global(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x.example/", "gopher://x.example/", "//", "http://u:p@x.example/"]
)  # fmt: skip
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises(ForbiddenError, match="http"):
        client().get(url)


def test_a_redirect_is_checked_as_the_first_address_was() -> None:
    with server(saying()) as (inner, asked):
        there = inner.replace("127.0.0.1", "localhost")
        with server(saying("302 Found", b"", f"Location: {there}")) as (url, _):
            with pytest.raises(ForbiddenError, match="localhost"):
                client().get(url)
            assert client(private_hosts=LOCAL | {"localhost"}).get(url).body == b"words"

    assert len(asked) == 1


def test_a_redirect_to_another_scheme_is_not_followed() -> None:
    with (
        server(saying("301 Moved", b"", "Location: file:///etc/passwd")) as (url, _),
        pytest.raises(ForbiddenError),
    ):
        client().get(url)


def test_redirects_end() -> None:
    with (
        server(saying("302 Found", b"", "Location: /again")) as (url, asked),
        pytest.raises(FetchError, match="more than 5 times"),
    ):
        client().get(url)

    assert len(asked) == 6


def test_only_permanent_redirects_say_that_a_page_has_moved() -> None:
    def speak(peer: socket.socket, asked: bytes) -> None:
        path = asked.split()[1]
        kind = {b"/": "301 Moved", b"/new": "308 Moved", b"/newest": "302 Found"}.get(path)
        to = {b"/": "/new", b"/new": "newest", b"/newest": "/today"}.get(path)
        saying(kind or "200 OK", b"", *([f"Location: {to}"] if to else []))(peer, asked)

    with server(speak) as (url, _):
        answer = client().get(url)

    assert answer.url == url + "today"
    assert answer.moved_to == url + "newest"


def test_a_post_is_not_turned_into_a_get() -> None:
    with server(saying("303 See Other", b"", "Location: /x")) as (url, asked):
        assert client().post(url, b"x").status == 303
    with server(
        lambda peer, asked: saying(
            "200 OK" if b" /x " in asked else "307 Again", b"", "Location: /x"
        )(peer, asked)
    ) as (url, again):
        assert client().post(url, b"x").status == 200

    assert len(asked) == 1
    assert again[1].startswith(b"POST /x ")
    assert again[1].endswith(b"\r\n\r\nx")


def test_what_is_meant_for_one_host_is_not_told_to_another() -> None:
    with (
        server(saying()) as (other, asked),
        server(saying("302 Found", b"", f"Location: {other}")) as (url, first),
    ):
        client().get(url, {"Authorization": "Bearer x", "If-None-Match": '"w"'})

    assert b"Bearer x" in first[0]
    assert b"Bearer x" not in asked[0]


def test_a_name_is_resolved_once_and_that_address_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["127.0.0.1", "10.0.0.1"]  # a resolver in a stranger's hands
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda _host, port, **_: [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))
        ],
    )
    with server(saying()) as (url, asked):
        there = url.replace("127.0.0.1", "rebinding.example")
        answer = client(private_hosts=frozenset(("rebinding.example",))).get(there)

    assert answer.body == b"words"
    assert answers == ["10.0.0.1"]
    assert f"Host: {there[7:-1]}".encode() in asked[0]


def test_a_name_that_leads_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda _host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))],
    )
    with server(saying()) as (url, asked), pytest.raises(ForbiddenError, match="private_hosts"):
        client().get(url.replace("127.0.0.1", "inside.example"))

    assert asked == []


def test_an_unknown_name_may_be_known_later() -> None:
    with pytest.raises(UnreachableError, match="nowhere"):
        client().get("http://nowhere.invalid/")


def test_a_server_that_is_not_there_may_be_back_later() -> None:
    with server(saying()) as (url, _):
        pass
    with pytest.raises(UnreachableError, match="refused"):
        client().get(url)


def test_a_body_that_does_not_end_is_left() -> None:
    def speak(peer: socket.socket, _: bytes) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            peer.sendall(b"x" * 65_536)

    with server(speak) as (url, _), pytest.raises(FetchError, match="longer than 1 MiB"):
        client(body_bytes_max=1 << 20).get(url)


def test_a_gzip_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(20 << 20))

    with (
        server(saying("200 OK", bomb, "Content-Encoding: gzip")) as (url, _),
        pytest.raises(FetchError, match="more than 4 MiB"),
    ):
        client(unpacked_bytes_max=4 << 20).get(url)


def test_a_gzip_body_of_a_million_parts_is_not_unpacked() -> None:
    with pytest.raises(OverflowError):
        unpacked(gzip.compress(b"") * 100_000, 1 << 20)


def test_packed_bodies_are_unpacked() -> None:
    two = gzip.compress(b"one ") + gzip.compress(b"two")
    with server(saying("200 OK", two, "Content-Encoding: gzip")) as (url, _):
        assert client().get(url).body == b"one two"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", b"nonsense"), ("gzip", gzip.compress(b"x" * 999, mtime=0)[:-9]), ("br", b"x")],
    ids=["damaged", "cut off", "unknown"],
)
def test_a_body_packed_badly_is_refused(encoding: str, body: bytes) -> None:
    with (
        server(saying("200 OK", body, f"Content-Encoding: {encoding}")) as (url, _),
        pytest.raises(FetchError, match="packed"),
    ):
        client().get(url)


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_drip_of_bytes_ends_with_the_time(said: bytes) -> None:
    """In the head as in the body: each byte is in time, all of them are not."""

    def speak(peer: socket.socket, _: bytes) -> None:
        peer.sendall(said)
        for _ in range(100):
            peer.sendall(b"x")
            time.sleep(0.05)

    with server(speak) as (url, _):
        started = time.monotonic()
        with pytest.raises(UnreachableError, match=r"within 0\.3 s"):
            client(seconds_max=0.3).get(url)
        assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "said",
    [b"", b"SSH-2.0-x\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab",
     b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab",
     b"HTTP/1.1 200 OK\r\nX: " + b"x" * 99_999,
     b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"],
)  # fmt: skip
def test_half_an_answer_is_none(said: bytes) -> None:
    with server(lambda peer, _: peer.sendall(said)) as (url, _), pytest.raises(UnreachableError):
        client().get(url)


def test_https_is_checked_against_the_name(tmp_path: Path) -> None:
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=certificate)
    listener = serving.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)

    def serve() -> None:
        for _ in range(3):
            try:
                with listener.accept()[0] as peer:
                    saying()(peer, _request(peer))
            except OSError:
                pass

    thread = threading.Thread(target=serve)
    thread.start()
    url = f"https://localhost:{listener.getsockname()[1]}/"
    named = client(private_hosts=LOCAL | {"localhost"}, tls=trusting)
    try:
        assert named.get(url).body == b"words"
        with pytest.raises(UnreachableError, match="certificate"):
            named.get(url.replace("localhost", "127.0.0.1"))
        with pytest.raises(UnreachableError, match="certificate"):
            client(private_hosts=frozenset(("localhost",))).get(url)
    finally:
        thread.join()
        listener.close()
