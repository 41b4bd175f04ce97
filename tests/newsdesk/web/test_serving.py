"""Feeds over HTTP, from a real server: what readers, caches, browsers and abusers get."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from email.utils import formatdate, parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import brotli
import feedparser
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsdesk.web import library, polls
from newsdesk.web.server import running
from tests.newsdesk.web.newsroom import NOW, Newsroom, article

FEED = "/feeds/all.rss"
FORMATS = ["rss", "atom"]


def connected(client: httpx.Client) -> socket.socket:
    parts = urlsplit(str(client.base_url))
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)


def raw(client: httpx.Client, sent: bytes) -> bytes:
    """What comes back until the server closes."""
    parts = urlsplit(str(client.base_url))
    with socket.create_connection(
        (parts.hostname or "", parts.port or 0), timeout=10
    ) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while more := connection.recv(65536):
            received += more
    return received


# Who has the present version is told so.


def test_a_feed_has_a_strong_etag_a_date_and_a_time_to_keep(client: httpx.Client) -> None:
    answer = client.get(FEED)

    assert answer.status_code == 200
    assert re.fullmatch(r'"[0-9a-f]{16}(-gz|-br)?"', answer.headers["etag"])
    assert parsedate_to_datetime(answer.headers["last-modified"]).tzinfo
    assert "max-age=900" in answer.headers["cache-control"]
    assert "stale-if-error=" in answer.headers["cache-control"]
    assert {each.strip() for each in answer.headers["vary"].split(",")} >= {
        "Accept-Encoding",
        "Accept",
    }
    assert "set-cookie" not in answer.headers
    assert (
        abs((parsedate_to_datetime(answer.headers["date"]).timestamp()) - __import__("time").time())
        < 5
    )


@pytest.mark.parametrize(
    "field",
    [
        "{}",
        "W/{}",
        '"other", {}',
        '"a","b" , W/{} ,"c"',
        "*",
        "{bare}",
        '"{tag}-gz"',
        '"{tag}-br"',
        '"{tag}-gzip"',
        'W/"{tag};gzip"',
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whoever_names_the_present_version_gets_304(
    client: httpx.Client, field: str, method: str
) -> None:
    first = client.get(FEED, headers={"Accept-Encoding": "identity"})
    etag = first.headers["etag"]
    bare = etag.strip('"')
    named = field.replace("{}", etag).replace("{bare}", bare).replace("{tag}", bare)

    answer = client.request(method, FEED, headers={"If-None-Match": named})

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"].startswith(f'"{bare}')
    for name in ("last-modified", "cache-control", "vary"):
        assert answer.headers[name] == first.headers[name]
    assert "content-length" not in answer.headers
    assert "content-type" not in answer.headers


def test_a_304_names_the_version_as_the_cache_has_it(client: httpx.Client) -> None:
    zipped = client.get(FEED, headers={"Accept-Encoding": "gzip"}).headers["etag"]

    answer = client.get(FEED, headers={"Accept-Encoding": "br", "If-None-Match": zipped})

    assert (answer.status_code, answer.headers["etag"]) == (304, zipped)


@pytest.mark.parametrize(
    "named", ['"0123456789abcdef"', "", '""', "W/", ",,,", '"' * 99, "x" * 5000]
)
def test_whoever_names_another_version_gets_the_feed(client: httpx.Client, named: str) -> None:
    answer = client.get(FEED, headers={"If-None-Match": named})

    assert answer.status_code == 200
    assert feedparser.parse(answer.content).entries


def test_the_date_counts_only_without_a_tag(client: httpx.Client) -> None:
    first = client.get(FEED)
    date = first.headers["last-modified"]
    day_before = formatdate(parsedate_to_datetime(date).timestamp() - 86_400, usegmt=True)
    year_after = formatdate(parsedate_to_datetime(date).timestamp() + 31_536_000, usegmt=True)

    def status(**fields: str) -> int:
        return client.get(
            FEED, headers={name.replace("_", "-"): value for name, value in fields.items()}
        ).status_code

    assert status(if_modified_since=date) == 304
    assert status(if_modified_since=year_after) == 304
    assert status(if_modified_since=day_before) == 200
    assert status(if_modified_since="yesterday") == 200
    assert status(if_modified_since="Sun, 99 Nov 2026 99:99:99 GMT") == 200
    assert status(if_modified_since=date, if_none_match='"another"') == 200
    assert status(if_modified_since=day_before, if_none_match=first.headers["etag"]) == 304


def test_preconditions_for_the_careful_hold_too(client: httpx.Client) -> None:
    first = client.get(FEED)
    etag, date = first.headers["etag"], first.headers["last-modified"]
    day_before = formatdate(parsedate_to_datetime(date).timestamp() - 86_400, usegmt=True)

    def status(name: str, value: str) -> int:
        return client.get(FEED, headers={name: value}).status_code

    assert status("If-Match", etag) == 200
    assert status("If-Match", "*") == 200
    assert status("If-Match", f"W/{etag}") == 412
    assert status("If-Match", '"another"') == 412
    assert status("If-Unmodified-Since", date) == 200
    assert status("If-Unmodified-Since", day_before) == 412


def test_the_same_words_keep_their_tag_through_a_new_file_and_a_new_server(
    newsroom: Newsroom,
) -> None:
    with newsroom.serve() as client:
        etag = client.get(FEED).headers["etag"]
        path = newsroom.public / FEED[1:]
        path.with_suffix(".new").write_bytes(path.read_bytes())
        path.with_suffix(".new").replace(path)
        os.utime(path, (1_800_000_000, 1_800_000_000))

        assert client.get(FEED, headers={"If-None-Match": etag}).status_code == 304
    with newsroom.serve() as client:
        assert client.get(FEED, headers={"If-None-Match": etag}).status_code == 304


def test_a_new_article_is_there_with_the_next_request(
    newsroom: Newsroom, live: httpx.Client
) -> None:
    before = live.get(FEED)

    newsroom.put(article("News of the hour", 9, ("syria", "all")))
    newsroom.publish()
    after = live.get(FEED, headers={"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert feedparser.parse(after.content).entries[0].title == "News of the hour"


# Codings.


def with_coding(client: httpx.Client, accepted: str | None, path: str = FEED) -> tuple[str, bytes]:
    """The coding of the answer, and its bytes as they travelled."""
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    request = client.build_request("GET", path, headers=headers)
    if accepted is None:
        del request.headers["Accept-Encoding"]
    answer = client.send(request, stream=True)
    body = b"".join(answer.iter_raw())
    assert int(answer.headers["content-length"]) == len(body)
    return answer.headers.get("content-encoding", "identity"), body


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("identity", "identity"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("gzip;q=0, br;q=0", "identity"),
        ("gzip; q=0.3,br ; q=0.2,identity;q=0.1", "gzip"),
        ("gzip;q=0.2, identity;q=0.9", "identity"),
        ("*", "br"),
        ("*;q=0.5, br;q=0", "gzip"),
        ("identity;q=0, gzip;q=0.001", "gzip"),
        ("deflate, zstd", "identity"),
        ("identity;q=0", "identity"),
        ("gzip;q=nonsense", "gzip"),
    ],
)
def test_the_coding_is_the_one_the_client_likes_best(
    client: httpx.Client, accepted: str | None, coding: str
) -> None:
    restore: Mapping[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.decompress,
        "br": brotli.decompress,
        "identity": bytes,
    }

    sent, body = with_coding(client, accepted)

    assert sent == coding
    assert restore[sent](body) == with_coding(client, "identity")[1]


def test_each_coding_has_its_own_tag(client: httpx.Client) -> None:
    tags = {
        client.get(FEED, headers={"Accept-Encoding": each}).headers["etag"]
        for each in ("identity", "gzip", "br")
    }

    assert len(tags) == 3


def test_what_was_compressed_beforehand_is_sent_if_it_is_this_version(
    newsroom: Newsroom,
) -> None:
    whole = (newsroom.public / FEED[1:]).read_bytes()
    small = gzip.compress(whole, 9, mtime=7)
    (newsroom.public / f"{FEED[1:]}.gz").write_bytes(small)
    (newsroom.public / f"{FEED[1:]}.br").write_bytes(brotli.compress(b"of another version"))

    with newsroom.serve() as client:
        assert with_coding(client, "gzip") == ("gzip", small)
        assert brotli.decompress(with_coding(client, "br")[1]) == whole
        assert client.get(f"{FEED}.gz").status_code == 404


# Media types, methods, other origins.


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        ("/feeds/all.rss", "*/*", "application/rss+xml"),
        ("/feeds/all.atom", "application/atom+xml, */*;q=0.1", "application/atom+xml"),
        ("/feeds/all.rss", "text/html,application/xhtml+xml,*/*;q=0.8", "text/xml"),
        ("/feeds/all.atom", "text/html", "text/xml"),
        ("/feeds/all.rss", "application/rss+xml, text/html;q=0.5", "application/rss+xml"),
        ("/feeds/all.rss", "text/html;q=0", "application/rss+xml"),
        ("/feeds/rss.css", "*/*", "text/css"),
        ("/feeds.opml", "*/*", "text/x-opml"),
    ],
)
def test_readers_and_browsers_each_get_the_media_type_they_understand(
    client: httpx.Client, path: str, accept: str, media_type: str
) -> None:
    answer = client.get(path, headers={"Accept": accept})

    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_lists_of_related_stories_are_data_and_not_feeds(newsroom: Newsroom) -> None:
    folder = newsroom.public / "related"
    folder.mkdir(exist_ok=True)
    (folder / "7.json").write_bytes(b'[{"title": "Port reopens"}]')

    with newsroom.serve() as client:
        answer = client.get("/related/7.json")

    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json() == [{"title": "Port reopens"}]


def test_head_is_get_without_the_content(client: httpx.Client) -> None:
    got, head = client.get(FEED), client.head(FEED)

    same = [name for name in got.headers if name != "date"]
    assert [head.headers[name] for name in same] == [got.headers[name] for name in same]
    assert head.content == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_feeds_are_only_read(client: httpx.Client, method: str) -> None:
    answer = client.request(method, FEED, content=b"x")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_scripts_of_any_page_may_read_feeds_and_send_conditions(client: httpx.Client) -> None:
    asked = client.options(
        FEED,
        headers={
            "Origin": "https://reader.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        },
    )
    got = client.get(FEED, headers={"Origin": "https://reader.example"})

    assert asked.status_code == 204
    assert "if-none-match" in asked.headers["access-control-allow-headers"].lower()
    assert asked.headers["access-control-allow-origin"] == "*"
    assert got.headers["access-control-allow-origin"] == "*"
    assert "ETag" in got.headers["access-control-expose-headers"]


def test_no_reader_is_refused_for_its_name(client: httpx.Client) -> None:
    names = ["", "curl/8", "python-requests/2", "Mozilla/5.0", "GPTBot", "x" * 3000]

    answers = [client.get(FEED, headers={"User-Agent": name}) for name in names]

    assert {each.status_code for each in answers} == {200}


# Addresses.


def test_a_feed_that_was_renamed_redirects_and_one_that_was_removed_is_gone(
    newsroom: Newsroom,
) -> None:
    with newsroom.serve(renamed={"levant": "middle-east"}, removed=frozenset({"sports"})) as client:
        moved = client.get("/feeds/levant.atom")
        gone = client.get("/feeds/sports.rss")
        unknown = client.get("/feeds/nowhere.rss")

        assert (moved.status_code, moved.headers["location"]) == (301, "/feeds/middle-east.atom")
        assert client.get("/feeds/levant.rss", follow_redirects=True).status_code == 200
        assert (gone.status_code, unknown.status_code) == (410, 404)
        assert "max-age" in gone.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/../store.db",
        "/feeds/%2e%2e/store.db",
        "/feeds/..%2fstore.db",
        "/feeds/.marks",
        "/feeds/%2emarks",
        "/feeds//all.rss",
        "/feeds/all.rss/",
        "/feeds/all.rss%00.css",
        "/feeds/all.RSS",
        "/feeds/" + "a" * 3000 + ".rss",
        "/store.db",
    ],
)
def test_nothing_else_is_served(client: httpx.Client, path: str) -> None:
    sent = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    assert raw(client, sent.encode()).split(b" ", 2)[1] == b"404"


def test_feeds_are_reached_under_the_path_of_their_public_address(newsroom: Newsroom) -> None:
    newsroom.site = replace(newsroom.site, public_url="https://news.example.org/paper/")

    with newsroom.serve() as client:
        assert client.get(f"/paper{FEED}").status_code == 200
        assert client.get(FEED).status_code == 200


# Only what is new.


@pytest.mark.parametrize("kind", FORMATS)
def test_a_reader_that_says_what_it_had_gets_what_is_new(
    newsroom: Newsroom, live: httpx.Client, kind: str
) -> None:
    path = f"/feeds/all.{kind}"
    had = live.get(path).headers["etag"]
    newsroom.put(article("News of the hour", 9, ("syria", "all")))
    newsroom.publish()

    some = live.get(path, headers={"If-None-Match": had, "A-IM": "feed, gzip;q=0.5"})
    whole = live.get(path, headers={"If-None-Match": had})

    assert (some.status_code, some.headers["im"]) == (226, "feed")
    assert some.headers["etag"] == whole.headers["etag"]
    assert "no-store" in some.headers["cache-control"]
    assert [each.title for each in feedparser.parse(some.content).entries] == ["News of the hour"]
    assert len(feedparser.parse(whole.content).entries) == 3
    again = {"If-None-Match": some.headers["etag"], "A-IM": "feed"}
    assert live.get(path, headers=again).status_code == 304


def test_a_corrected_article_is_new_and_a_withdrawn_one_leaves_nothing(
    newsroom: Newsroom, live: httpx.Client
) -> None:
    port = article("Port reopens", 7, ("all",))
    other = article("Dam holds", 8, ("all",))
    newsroom.put(port, other)
    newsroom.publish()
    had = live.get(FEED).headers["etag"]

    newsroom.put(replace(port, correction="It was Tuesday.", updated_at=NOW, revision=2))
    newsroom.put(other, state="withdrawn")
    newsroom.publish()
    some = live.get(FEED, headers={"If-None-Match": had, "A-IM": "feed"})

    assert some.status_code == 226
    assert [each.title for each in feedparser.parse(some.content).entries] == ["Port reopens"]


@pytest.mark.parametrize("asked", ["", "vcdiff", "feed;q=0", "feeds"])
def test_a_reader_that_does_not_ask_for_a_part_gets_the_whole(
    newsroom: Newsroom, live: httpx.Client, asked: str
) -> None:
    had = live.get(FEED).headers["etag"]
    newsroom.put(article("News of the hour", 9, ("all",)))
    newsroom.publish()

    answer = live.get(FEED, headers={"If-None-Match": had, "A-IM": asked})

    assert answer.status_code == 200


def test_what_a_reader_of_an_unknown_version_had_is_not_guessed(client: httpx.Client) -> None:
    answer = client.get(FEED, headers={"If-None-Match": '"fedcba9876543210"', "A-IM": "feed"})

    assert answer.status_code == 200


# Those who take too much.


def test_only_an_address_that_takes_too_much_has_to_wait(newsroom: Newsroom) -> None:
    with newsroom.serve(answers_per_minute=5, forwarded="X-Forwarded-For") as client:
        greedy = {"X-Forwarded-For": "192.0.2.7, 198.51.100.1"}
        answers = [client.get(FEED, headers=greedy) for _ in range(20)]
        other = client.get(FEED, headers={"X-Forwarded-For": "192.0.2.8"})

    assert [each.status_code for each in answers[:10]] == [200] * 10
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 60
    assert other.status_code == 200


def test_who_asks_with_conditions_may_ask_ten_times_as_often(newsroom: Newsroom) -> None:
    with newsroom.serve(answers_per_minute=5) as client:
        etag = client.get(FEED).headers["etag"]
        polls = [client.get(FEED, headers={"If-None-Match": etag}) for _ in range(80)]

    assert {each.status_code for each in polls} == {304}


def test_a_proxy_that_the_settings_do_not_tell_of_is_not_taken_for_one_greedy_reader(
    newsroom: Newsroom,
) -> None:
    with newsroom.serve(answers_per_minute=2) as client:
        behind = {"X-Forwarded-For": "192.0.2.7"}
        statuses = {client.get(FEED, headers=behind).status_code for _ in range(30)}

    assert statuses == {200}


# Health.


def test_ready_is_whoever_has_feeds_to_serve(newsroom: Newsroom) -> None:
    with newsroom.serve() as client:
        assert (client.get("/healthz").text, client.get("/readyz").text) == ("ok\n", "ok\n")
        (newsroom.public / "feeds.opml").unlink()
        assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)


# Two ways through the server, one answer.


@contextmanager
def without_short_way(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(polls.Polls, "answer", lambda *_: None)
        yield


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"If-None-Match": "*"},
        {"Accept-Encoding": "gzip"},
        {"Accept": "text/html"},
        {"If-Match": '"x"'},
    ],
)
@pytest.mark.parametrize("path", [FEED, "/feeds/none.rss", "/feeds.opml"])
def test_the_short_way_gives_the_same_as_the_long_one(
    client: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    fields: dict[str, str],
) -> None:
    short = [client.get(path, headers=fields) for _ in range(2)]
    with without_short_way(monkeypatch):
        long = client.get(path, headers={**fields, "Connection": "close"})

    for answer in short:
        assert (answer.status_code, answer.content) == (long.status_code, long.content)
        ours = {name: answer.headers[name] for name in answer.headers if name != "date"}
        assert ours.items() <= long.headers.items()


def test_what_is_remembered_of_a_poll_ends_with_the_version(
    newsroom: Newsroom, live: httpx.Client
) -> None:
    etag = live.get(FEED).headers["etag"]
    poll = {"If-None-Match": etag}
    assert [live.get(FEED, headers=poll).status_code for _ in range(3)] == [304] * 3

    newsroom.put(article("News of the hour", 9, ("all",)))
    newsroom.publish()

    assert live.get(FEED, headers=poll).status_code == 200


def test_a_request_in_pieces_or_with_others_behind_it_is_answered_all_the_same(
    client: httpx.Client,
) -> None:
    request = f"GET {FEED} HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n".encode()
    parts = urlsplit(str(client.base_url))
    with socket.create_connection(
        (parts.hostname or "", parts.port or 0), timeout=10
    ) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request + b"\r\n")
        first = connection.recv(65536)
        connection.sendall(request)
        connection.sendall(b"\r\n" + request + b"\r\n" + request + b"Connection: close\r\n\r\n")
        rest = b""
        while more := connection.recv(65536):
            rest += more

    assert first.startswith(b"HTTP/1.1 304 ")
    assert rest.count(b"HTTP/1.1 304 ") == 3


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /feeds/all.rss HTTP/1.1\r\n\r\n",  # no Host
        b"GET /feeds/all.rss HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /feeds/all.rss HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n",
        b"GET /feeds/all.rss HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
        b"GET  /feeds/all.rss HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_is_refused_as_before(client: httpx.Client, sent: bytes) -> None:
    assert raw(client, sent).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
def test_what_comes_behind_a_last_request_while_it_is_answered_is_refused_and_nothing_fails(
    caplog: pytest.LogCaptureFixture, method: bytes
) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    async def slow(_scope: Any, _receive: Any, send: Any) -> None:
        begun.set()
        while not go_on.is_set():
            await asyncio.sleep(0.01)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"words"})
        finally:
            done.set()

    last = b"%s /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % method
    with (
        running(slow, "127.0.0.1", 0) as url,
        httpx.Client(base_url=url) as client,
        connected(client) as connection,
    ):
        connection.sendall(last)
        assert begun.wait(10)
        connection.sendall(b"and more")
        answer = connection.recv(65536)
        go_on.set()
        assert done.wait(10)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert [each.message for each in caplog.records if each.levelname == "ERROR"] == []


def test_an_old_proxy_gets_its_answer_and_the_end_of_the_connection(client: httpx.Client) -> None:
    answer = raw(client, f"GET {FEED} HTTP/1.0\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close" in answer
    assert answer.endswith(b"</rss>\n")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(
        [
            "If-None-Match",
            "If-Modified-Since",
            "If-Match",
            "If-Unmodified-Since",
            "Accept",
            "Accept-Encoding",
            "A-IM",
            "X-Forwarded-For",
            "Forwarded",
            "Connection",
        ]
    ),
    value=st.text(
        st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"),
        max_size=80,
    )
    | st.lists(st.sampled_from([*'q=;,"W/*-0.519 ', "gzip", "feed", "text/html"])).map("".join),
)
def test_no_field_brings_the_server_down(client: httpx.Client, name: str, value: str) -> None:
    sent = f"GET {FEED} HTTP/1.1\r\nHost: x\r\n{name}: {value}\r\nConnection: close\r\n\r\n"

    status = raw(client, sent.encode("latin-1")).split(b" ", 2)[1]

    assert status in (b"200", b"304", b"412")


def test_the_memory_of_bodies_and_documents_is_bounded(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "DOCUMENTS_MAX", 2)
    monkeypatch.setattr(library, "BODY_BYTES_MAX", 1)
    shelf = library.Library(newsroom.public)

    for name in ("all.rss", "all.atom", "syria.rss", "all.rss"):
        document = shelf.document(f"feeds/{name}", 0.0)
        assert document
        assert document.body("gzip") == document.body("gzip")

    assert len(shelf._seen) == 2
    assert len(shelf._bodies._bodies) == 1
