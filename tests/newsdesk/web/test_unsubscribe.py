"""The unsubscribe page, over a real server and a real store: what a reader, a mail program, a link
scanner and a stranger get.
"""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import sqlite3
import threading
import time as timing
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from articles.intake import take_in
from articles.model import Draft, Site
from articles.regions import RegionTable
from articles.store import Store
from newsdesk import config, setup
from newsdesk.config import ConfigError
from newsdesk.web import acting, bodies, protocol, server
from newsdesk.web.app import make_app
from newsdesk.web.front import Front
from newsdesk.web.pages import masked
from newsdesk.web.parts import Parts
from newsdesk.web.phrases import PHRASES
from newsdesk.web.server import ListenError, running, serving
from newsletter import digest, languages, schema, subscribers, tokens
from newsletter.ledger import Ledger
from newsletter.model import Newsletter, Subscriber
from newsletter.post import Post
from newsletter.transport.maildir import Maildir
from newsletter.wishes import Wish, checked, resolver

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SECRETS = ("a secret of the test's desk",)
TABLE = RegionTable.load()
NEWSLETTER = Newsletter(
    name="The Meridian",
    sender="The Meridian <digest@example.org>",
    site_url="https://news.example.org/",
    feeds_url="https://news.example.org/feeds.opml",
    mail_url="https://news.example.org/mail/",
    postal_address="1 Press Lane, Exampletown",
)
SITE = Site(
    name="The Meridian", url="https://news.example.org/", public_url="https://news.example.org/"
)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ADDRESS = "anna.reader@example.org"


@dataclass
class Desk:
    """A store, the server before it, and a client."""

    path: Path
    url: str
    client: httpx.Client

    @contextmanager
    def store(self) -> Iterator[Store]:
        with open_store(self.path) as store:
            yield store

    def subscribe(self, address: str = ADDRESS, language: str = "en", *regions: str) -> Subscriber:
        with self.store() as store:
            return subscribers.add(
                store.db, wish(address, language, *regions), now=NOW, source="a test"
            )

    def link(self, subscriber: Subscriber, base: str = "") -> str:
        """The address in the mail, as this server answers it."""
        newsletter = replace(NEWSLETTER, mail_url=base or self.url)
        return tokens.unsubscribe_url(newsletter, SECRETS, subscriber)

    def is_active(self, subscriber: Subscriber) -> bool:
        with self.store() as store:
            return subscribers.is_active(store.db, subscriber)

    def dump(self) -> list[str]:
        """Every row of the store."""
        with closing(sqlite3.connect(self.path)) as connection:
            return list(connection.iterdump())


def wish(address: str, language: str, *regions: str) -> Wish:
    return checked(
        address,
        resolver(TABLE),
        regions=regions,
        hour=time(6, 30),
        time_zone="Europe/Berlin",
        language=language,
    )


@contextmanager
def open_store(path: Path, *, create: bool = False) -> Iterator[Store]:
    store = Store.open(path, schema.migrations, create=create)
    try:
        yield store
    finally:
        store.close()


def app_of(path: Path, newsletter: Newsletter = NEWSLETTER) -> Front:
    return make_app(
        Parts(
            open_store=lambda: open_store(path),
            site=SITE,
            newsletter=newsletter,
            table=TABLE,
            secrets=SECRETS,
            public=path.with_name("public"),
            clock=lambda: NOW,
        )
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "store.db"
    with open_store(path, create=True) as store:
        store.name_desk("news.example.org", "2026-01-01")
    app = app_of(path)
    with running(app, "127.0.0.1", 0) as url, httpx.Client(trust_env=False) as client:
        yield Desk(path, url, client)


def text_of(page: str) -> str:
    """What is to be read on a page, without the marks that isolate directions."""
    body = page.partition("<body>")[2]
    return " ".join(re.sub("<[^>]+>|[\u2068\u2069]", "", body).split())


# What a reader meets.


def test_the_page_says_what_comes_and_to_whom_and_has_one_button(desk: Desk) -> None:
    reader = desk.subscribe(ADDRESS, "en", "middle-east", "sahel")

    answer = desk.client.get(desk.link(reader))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert (
        "The digest comes to a***@example.org, each morning at 06:30 in Berlin:"
        " Middle East and Sahel." in text_of(answer.text)
    )
    assert answer.text.count("<button") == answer.text.count("<form") == 1
    assert "mailto:digest@example.org" in answer.text


def test_the_button_unsubscribes_at_once_and_the_page_says_how_to_return(desk: Desk) -> None:
    reader = desk.subscribe()
    page = desk.client.get(desk.link(reader))
    (action,) = re.findall('<form method="post" action="([^"]+)">', page.text)

    answer = desk.client.post(urljoin(str(page.url), action))

    assert answer.status_code == 200
    assert "You are unsubscribed" in text_of(answer.text)
    assert "No more digests go to a***@example.org." in text_of(answer.text)
    assert "To get it again, write to digest@example.org" in text_of(answer.text)
    assert "<button" not in answer.text
    assert not desk.is_active(reader)


def test_who_left_finds_a_page_that_says_so(desk: Desk) -> None:
    reader = desk.subscribe()
    desk.client.post(desk.link(reader), data=ONE_CLICK)

    answer = desk.client.get(desk.link(reader))

    assert answer.status_code == 200
    assert "You are unsubscribed" in text_of(answer.text)


@pytest.mark.parametrize(
    ("language", "direction", "title"),
    [
        ("fr-CA", "ltr", "Se désabonner de The Meridian"),
        ("de", "ltr", "The Meridian abbestellen?"),
        ("es", "ltr", "¿Darse de baja de The Meridian?"),
        ("ar", "rtl", "إلغاء الاشتراك في The Meridian؟"),
        ("fi", "ltr", "Unsubscribe from The Meridian?"),
    ],
)
def test_the_page_is_in_the_readers_language(
    desk: Desk, language: str, direction: str, title: str
) -> None:
    reader = desk.subscribe(ADDRESS, language)
    said = "en" if language == "fi" else language[:2]

    page = desk.client.get(desk.link(reader)).text
    gone = desk.client.post(desk.link(reader), data=ONE_CLICK).text

    assert f'<html lang="{said}" dir="{direction}">' in page
    assert title in text_of(page)
    assert languages.words(language).unsubscribe in text_of(page)
    assert f'<html lang="{said}" dir="{direction}">' in gone
    assert PHRASES[said].done in text_of(gone)


def test_every_language_of_the_digest_has_the_words_of_the_pages() -> None:
    assert PHRASES.keys() == languages.LANGUAGES.keys()


def test_a_region_that_the_operator_took_away_does_not_bar_the_way_out(desk: Desk) -> None:
    reader = desk.subscribe(ADDRESS, "en", "sahel")
    with desk.store() as store:
        store.db.execute("""UPDATE subscribers SET regions = '["gone-region", "sahel"]'""")

    page = desk.client.get(desk.link(reader))

    assert page.status_code == 200
    assert ": Sahel." in text_of(page.text)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("anna.reader@example.org", "a***@example.org"),
        ("a@example.org", "***@example.org"),
        ('"x@y"@example.org', '"***@example.org'),
    ],
)
def test_an_address_is_masked(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_no_page_shows_the_whole_address(desk: Desk) -> None:
    reader = desk.subscribe()

    pages = [
        desk.client.get(desk.link(reader)),
        desk.client.post(desk.link(reader), data=ONE_CLICK),
        desk.client.get(desk.link(reader)),
    ]

    for page in pages:
        assert "a***@example.org" in page.text
        assert ADDRESS not in page.text
        assert "anna" not in page.text.lower()


def test_who_was_erased_is_told_that_they_are_gone_and_nothing_is_written(desk: Desk) -> None:
    reader = desk.subscribe()
    with desk.store() as store:
        subscribers.erase(store.db, reader, now=NOW)
    before = desk.dump()

    answer = desk.client.post(desk.link(reader), data=ONE_CLICK)

    assert answer.status_code == 200
    assert "No more digests go to your address." in text_of(answer.text)
    assert desk.dump() == before


def test_what_a_name_holds_is_text_and_never_markup(desk: Desk) -> None:
    name = '<script>alert("x")</script> & {{ say }}'
    app = app_of(desk.path, replace(NEWSLETTER, name=name))
    reader = desk.subscribe()

    with running(app, "127.0.0.1", 0) as url:
        page = desk.client.get(desk.link(reader, url)).text

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ say }}" in page


# What link scanners and mail programs do.


def test_a_get_changes_nothing_however_often(desk: Desk) -> None:
    reader = desk.subscribe()
    rows, stored = desk.dump(), desk.path.read_bytes()

    for _ in range(20):
        assert desk.client.get(desk.link(reader)).status_code == 200
        assert desk.client.head(desk.link(reader)).status_code == 200
        desk.client.get(desk.link(reader), params=ONE_CLICK)

    assert desk.dump() == rows
    assert desk.path.read_bytes() == stored
    assert desk.is_active(reader)


def test_a_head_is_a_get_without_the_page(desk: Desk) -> None:
    link = desk.link(desk.subscribe())

    got, headed = desk.client.get(link), desk.client.head(link)

    assert headed.content == b""
    assert headed.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize(
    "encoding", ["urlencoded", "multipart", "nothing at all", "something else"]
)
def test_a_mail_programs_one_click_unsubscribes_without_cookie_or_redirect(
    desk: Desk, encoding: str
) -> None:
    reader = desk.subscribe()
    body = {
        "urlencoded": {"data": ONE_CLICK},
        "multipart": {"files": {"List-Unsubscribe": (None, "One-Click")}},
        "nothing at all": {},
        "something else": {"content": b"\xff\x00", "headers": {"Content-Type": "text/plain"}},
    }[encoding]

    answer = desk.client.post(desk.link(reader), **body, follow_redirects=False)

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert not desk.is_active(reader)


def test_the_list_says_whether_it_was_the_mail_program_or_the_page(desk: Desk) -> None:
    one, other = desk.subscribe("one@example.org"), desk.subscribe("other@example.org")

    desk.client.post(desk.link(one), data=ONE_CLICK)
    desk.client.post(desk.link(other))

    with desk.store() as store:
        reasons = [
            subscribers.suppressed(store.db, each)
            for each in ("one@example.org", "other@example.org")
        ]
    assert reasons == ["unsubscribed in a mail program, 2026-11-22", "unsubscribed, 2026-11-22"]


def test_twice_is_once(desk: Desk) -> None:
    reader = desk.subscribe()
    first = desk.client.post(desk.link(reader), data=ONE_CLICK)
    rows = desk.dump()

    second = desk.client.post(desk.link(reader), data=ONE_CLICK)

    assert (second.status_code, second.text) == (200, first.text)
    assert desk.dump() == rows


def test_many_at_once_are_all_done(desk: Desk) -> None:
    readers = [desk.subscribe(f"reader{n}@example.org") for n in range(16)]
    codes: list[int] = []

    def leave(reader: Subscriber) -> None:
        codes.append(httpx.post(desk.link(reader), data=ONE_CLICK, trust_env=False).status_code)

    threads = [threading.Thread(target=leave, args=(each,)) for each in readers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert codes == [200] * len(readers)
    with desk.store() as store:
        assert subscribers.active(store.db) == ()


def test_the_address_in_a_sent_message_works_and_stops_what_was_already_planned(
    desk: Desk, tmp_path: Path
) -> None:
    leaves, stays = desk.subscribe("leaves@example.org"), desk.subscribe("stays@example.org")
    mail = Maildir(tmp_path / "mail")
    site = Site(
        name="The Meridian", url="https://news.example.org/", public_url="https://news.example.org/"
    )
    with desk.store() as store:
        ledger = Ledger(store.db)

        def a_day(day: int, title: str) -> datetime:
            at = NOW + timedelta(days=day)
            published = (at - timedelta(hours=3)).isoformat()
            store.save([Draft(title=title, url=f"{site.url}{day}", published_at=published)])
            take_in(store, TABLE, site, at)
            digest.plan(store, ledger, NEWSLETTER, TABLE, SECRETS, at)
            return at

        def deliver(at: datetime) -> dict[str, int]:
            return dict(
                digest.deliver(ledger, Post.by(mail), NEWSLETTER, SECRETS, lambda: at).counts
            )

        assert deliver(a_day(1, "Ferry line reopens after harbour repairs")) == {"sent": 2}
        tomorrow = a_day(2, "Parliament votes on the water law")
        assert ledger.waiting(tomorrow) == 2

        messages = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in (tmp_path / "mail").rglob("*")
            if path.is_file()
        ]
        (message,) = [each for each in messages if each["To"] == leaves.address]
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = message["List-Unsubscribe"].partition("<")[2].partition(">")[0]
        here = urljoin(desk.url, urlsplit(link).path)  # as a proxy passes it on, path and all

        answer = desk.client.post(here, content=message["List-Unsubscribe-Post"].encode())

        assert answer.status_code == 200
        assert deliver(tomorrow) == {"sent": 1}
        assert ledger.counts(tomorrow.date()) == {"cancelled": 1, "sent": 1}
        assert not subscribers.is_active(store.db, leaves)
        assert subscribers.is_active(store.db, stays)


# What strangers try.


def test_malformed_unknown_and_misused_links_get_the_same_page(desk: Desk) -> None:
    reader = desk.subscribe()
    link = desk.link(reader)
    unknown = desk.link(replace(reader, key="ab" * 16))
    foreign = tokens.unsubscribe_url(
        replace(NEWSLETTER, mail_url=desk.url), ["another desk's secret"], reader
    )
    preferences = tokens.token(SECRETS, reader.key, tokens.PREFERENCES)
    bad = [
        *(link[:-1], link + "x", link + "/", unknown, foreign),
        *(f"{desk.url}u/", f"{desk.url}u/%00%ff", f"{desk.url}u/..%2f..%2fstore.db"),
        *(f"{desk.url}u/{preferences}", f"{desk.url}u/{'x' * 5000}", desk.url, f"{desk.url}x"),
    ]

    answers = [
        ask(each) for each in bad for ask in (desk.client.get, desk.client.head, desk.client.post)
    ]

    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers if each.request.method != "HEAD"}) == 1
    assert "This link does not work" in text_of(answers[0].text)
    assert "Write to digest@example.org, and we do it for you" in text_of(answers[0].text)
    assert desk.is_active(reader)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(desk: Desk, method: str) -> None:
    reader = desk.subscribe()

    answer = desk.client.request(method, desk.link(reader), data=ONE_CLICK)

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    assert desk.is_active(reader)


def test_a_large_body_is_refused_whether_or_not_it_says_so(desk: Desk) -> None:
    reader = desk.subscribe()

    def chunks() -> Iterator[bytes]:
        for _ in range(5):
            yield b"x" * 1024

    told = desk.client.post(desk.link(reader), content=b"x" * (bodies.BODY_BYTES_MAX + 1))
    untold = desk.client.post(desk.link(reader), content=chunks())

    assert (told.status_code, untold.status_code) == (413, 413)
    assert desk.is_active(reader)


def raw(desk: Desk, sent: bytes) -> bytes:
    """What a client gets that sends this and then waits for the server to end it."""
    parts = urlsplit(desk.url)
    assert parts.hostname
    assert parts.port
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(sent)
        received = b""
        try:
            while more := connection.recv(65536):
                received += more
        except ConnectionResetError:
            pass
    return received


def test_a_head_without_end_is_refused(desk: Desk) -> None:
    answer = raw(desk, b"GET / HTTP/1.1\r\nX-Long: " + b"x" * (server.HEAD_BYTES_MAX + 1))

    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_body_that_does_not_come_is_not_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_WITHIN_S", 0.1)
    reader = desk.subscribe()
    path = urlsplit(desk.link(reader)).path

    answer = raw(
        desk, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\nList-".encode()
    )

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert desk.is_active(reader)


def test_a_head_that_does_not_come_is_not_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_WITHIN_S", 0.1)

    started = timing.monotonic()

    assert raw(desk, b"GET / HTTP/1.1\r\nHost: ") == b""
    assert timing.monotonic() - started < 5


def test_a_connection_ends_with_its_first_answer(desk: Desk) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

    answer = raw(desk, request * 2)

    assert answer.count(b"HTTP/1.1 200") == 1


def test_every_answer_has_the_headers_that_bar_scripts_framing_and_keeping(desk: Desk) -> None:
    link = desk.link(desk.subscribe())
    answers = [
        desk.client.get(link),
        desk.client.head(link),
        desk.client.get(link + "x"),
        desk.client.put(link),
        desk.client.post(link, content=b"x" * 9000),
        desk.client.get(f"{desk.url}healthz"),
        desk.client.post(link, data=ONE_CLICK),
    ]

    for answer in answers:
        rules = dict(
            rule.strip().partition(" ")[::2]
            for rule in answer.headers["content-security-policy"].split(";")
        )
        assert rules.pop("style-src").startswith("'sha256-")
        assert rules == {
            "default-src": "'none'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
        }
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"].startswith("noindex")
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers


def test_the_style_sheet_is_the_one_that_the_header_allows_and_nothing_is_fetched(
    desk: Desk,
) -> None:
    answer = desk.client.get(desk.link(desk.subscribe()))
    (style,) = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)

    digest_of_style = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"'sha256-{digest_of_style}'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script|<img|<link|<iframe| style=| on[a-z]+=|url\(", answer.text)


# What goes wrong on our side.


def test_a_store_that_somebody_holds_is_not_waited_for_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(acting, "STORE_WITHIN_S", 0.1)
    reader = desk.subscribe()

    with closing(sqlite3.connect(desk.path, isolation_level=None)) as cms:
        cms.execute("BEGIN IMMEDIATE")
        looked = desk.client.get(desk.link(reader))
        refused = desk.client.post(desk.link(reader), data=ONE_CLICK)
    again = desk.client.post(desk.link(reader), data=ONE_CLICK)

    assert looked.status_code == 200
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    said = text_of(refused.text)
    assert "Nothing was changed. Please try again in a minute." in said
    mark = re.findall(r"name ([0-9A-F]{4})", said)[0]
    logged = capsys.readouterr()
    assert mark in logged.out + logged.err
    assert desk.link(reader).rpartition("/")[2] not in logged.out + logged.err
    assert again.status_code == 200
    assert not desk.is_active(reader)


def test_a_damaged_store_is_a_page_that_says_so_and_not_healthy(desk: Desk) -> None:
    reader = desk.subscribe()
    assert desk.client.get(f"{desk.url}healthz").text == "ok\n"

    desk.path.write_bytes(b"not a store" * 1000)

    assert desk.client.post(desk.link(reader), data=ONE_CLICK).status_code == 500
    assert desk.client.get(f"{desk.url}healthz").status_code == 503


# As a part of the desk.


def test_the_desk_serves_if_it_is_told_where(tmp_path: Path) -> None:
    setup.make_desk(
        tmp_path,
        "The Meridian",
        "https://news.example.org/",
        NOW,
        more='[web]\nlisten = "127.0.0.1:0"\nurl = "https://mail.example.org"\n',
    )
    made = config.load(tmp_path)
    with setup.opened(made) as store:
        reader = subscribers.add(store.db, wish(ADDRESS, "en"), now=NOW, source="a test")
    link = tokens.unsubscribe_url(made.newsletter, made.secrets, reader)

    before = set(threading.enumerate())
    with serving(made) as url:
        answer = httpx.post(urljoin(url, urlsplit(link).path), data=ONE_CLICK, trust_env=False)

    assert link.startswith("https://mail.example.org/u/")
    assert answer.status_code == 200
    with setup.opened(made) as store:
        assert not subscribers.is_active(store.db, reader)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)
    left = set(threading.enumerate()) - before
    assert "web" not in {thread.name for thread in left}


def test_a_desk_that_is_not_told_where_serves_nothing(tmp_path: Path) -> None:
    setup.make_desk(tmp_path, "The Meridian", "https://news.example.org/", NOW)

    before = set(threading.enumerate())
    with serving(config.load(tmp_path)) as url:
        begun = set(threading.enumerate()) - before

    assert url == ""
    assert begun == set()


def test_an_address_in_use_is_told_to_who_named_it(desk: Desk) -> None:
    port = urlsplit(desk.url).port
    assert port

    app = app_of(desk.path)
    with (
        pytest.raises(ListenError, match=f"127.0.0.1:{port}: cannot listen there"),
        running(app, "127.0.0.1", port),
    ):
        pass


def test_an_open_connection_does_not_keep_the_desk_from_ending(desk: Desk) -> None:
    app = app_of(desk.path)
    with running(app, "127.0.0.1", 0) as url:
        parts = urlsplit(url)
        idle = socket.create_connection((str(parts.hostname), parts.port or 0))
        idle.sendall(b"POST / HTTP/1.1\r\n")
        timing.sleep(0.1)
        started = timing.monotonic()

    assert timing.monotonic() - started < 2 * server.END_WITHIN_S + 0.5
    idle.close()


@pytest.mark.parametrize(
    ("listen", "parts"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:0", ("::1", 0)),
        ("localhost:80", ("localhost", 80)),
    ],
)
def test_an_address_to_listen_on_has_host_and_port(listen: str, parts: tuple[str, int]) -> None:
    assert config.host_and_port(listen) == parts


@pytest.mark.parametrize("listen", ["8080", ":8080", "::1:8080", "127.0.0.1:", "a:65536", "a b:1"])
def test_what_is_no_address_is_named_when_the_desk_is_read(tmp_path: Path, listen: str) -> None:
    (tmp_path / "newsdesk.toml").write_text(
        f'[site]\nname = "X"\nurl = "https://news.example.org"\n[web]\nlisten = "{listen}"\n'
    )

    with pytest.raises(ConfigError, match=r"web\.listen = .*write 127\.0\.0\.1:8080"):
        config.load(tmp_path)
