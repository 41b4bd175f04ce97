"""What is published is served as it lies, by the web server and the lines that the docs name."""

from __future__ import annotations

import gzip
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import httpx
import pytest

from articles.model import Article

if TYPE_CHECKING:
    from conftest import Desk

DOCS = Path(__file__).parents[2] / "docs" / "publishing.md"

CONFIGURATION = """
include /etc/nginx/modules-enabled/*.conf;
user root;
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/elsewhere;
{documented}
    }}
}}
"""


@pytest.fixture
def nginx(desk: Desk, make_article: Callable[..., Article], tmp_path: Path) -> Iterator[str]:
    """The address of an nginx that serves a published desk by the documented lines."""
    desk.put(*(make_article(f"Part {n}", regions=("syria",)) for n in range(5)))
    desk.publish()
    documented = re.search(r"```nginx\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert documented
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = CONFIGURATION.format(
        folder=tmp_path,
        port=port,
        documented=documented[1].replace("/srv/desk/public", str(desk.public)),
    )
    path = tmp_path / "nginx.conf"
    path.write_text(text)
    server = subprocess.Popen(["nginx", "-c", path, "-e", tmp_path / "error.log"])
    try:
        _await(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except ConnectionRefusedError:
            assert server.poll() is None, "nginx ended"
            assert time.monotonic() < end, "nginx does not listen"
            time.sleep(0.02)


def raw(url: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """The answer, and its body as it went over the wire."""
    with httpx.stream(
        "GET", url, timeout=60, headers={"Accept-Encoding": "identity", **headers}
    ) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("feeds/all.rss", "text/xml; charset=utf-8"),
        ("feeds/syria.atom", "text/xml; charset=utf-8"),
        ("feeds/syria.json", "application/feed+json; charset=utf-8"),
        ("feeds/rss.css", "text/css; charset=utf-8"),
        ("feeds.opml", "text/x-opml; charset=utf-8"),
    ],
)
def test_each_file_is_served_with_its_type_and_may_be_cached(
    nginx: str, desk: Desk, name: str, kind: str
) -> None:
    answer, body = raw(f"{nginx}/{name}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert body == desk.files()[name]
    assert "max-age=900" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_who_takes_gzip_or_brotli_gets_the_file_that_lies_beside(nginx: str, desk: Desk) -> None:
    plain = desk.files()["feeds/syria.rss"]

    gzipped, its_bytes = raw(f"{nginx}/feeds/syria.rss", **{"Accept-Encoding": "gzip"})
    brotlied, their_bytes = raw(f"{nginx}/feeds/syria.rss", **{"Accept-Encoding": "gzip, br"})

    assert gzipped.headers["Content-Encoding"] == "gzip"
    assert its_bytes == desk.files()["feeds/syria.rss.gz"]
    assert gzip.decompress(its_bytes) == plain
    assert brotlied.headers["Content-Encoding"] == "br"
    assert their_bytes == desk.files()["feeds/syria.rss.br"]
    assert brotli.decompress(their_bytes) == plain
    assert gzipped.headers["Content-Type"] == brotlied.headers["Content-Type"]
    assert len({gzipped.headers["ETag"], brotlied.headers["ETag"]}) == 2


def test_a_poll_is_answered_304_until_the_words_change(
    nginx: str, desk: Desk, make_article: Callable[..., Article]
) -> None:
    first, _ = raw(f"{nginx}/feeds/syria.rss")
    known = {
        "If-None-Match": first.headers["ETag"],
        "If-Modified-Since": first.headers["Last-Modified"],
    }
    desk.put(make_article("Elsewhere", regions=("iraq",)))
    desk.publish()

    unchanged, nothing = raw(f"{nginx}/feeds/syria.rss", **known)
    desk.put(make_article("News", regions=("syria",)))
    desk.publish()
    changed, body = raw(f"{nginx}/feeds/syria.rss", **known)

    assert (unchanged.status_code, nothing) == (304, b"")
    assert changed.status_code == 200
    assert b"News" in body


@pytest.mark.parametrize(
    "name",
    [".live/feeds/all.rss", ".tree-a/feeds.opml", ".behind", "feeds/.x", "feeds/../.behind"],
)
def test_what_is_newsdesks_own_is_not_served(nginx: str, name: str) -> None:
    with socket.create_connection(("127.0.0.1", int(nginx.rpartition(":")[2])), 5) as connection:
        connection.sendall(f"GET /{name} HTTP/1.0\r\n\r\n".encode())
        status = connection.makefile("rb").readline()

    assert status.split()[1] in (b"403", b"404")
