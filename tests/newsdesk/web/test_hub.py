"""WebSub, over HTTP and with real hubs and subscribers: who is told, when, and who is not."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import feedparser
import httpx
import pytest

from articles.http import Client
from articles.store import Store
from feeds import errands, hub, record, websub
from feeds.errands import ATTEMPTS_MAX, FIRST_WAIT, LONGEST_WAIT, wait
from feeds.telling import Telling
from feeds.websub import Teller
from tests.newsdesk.web.newsroom import NOW, SITE, Newsroom, article

TOPIC = "https://news.example.org/feeds/syria.atom"


@dataclass
class Far:
    """A host of somebody else: a hub, or a subscriber's callback."""

    url: str = ""
    status: int = 204
    agrees: bool = True
    wait_s: float = 0.0
    asked: list[dict[str, str]] = field(default_factory=list)
    posted: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def topics(self) -> list[str]:
        """What a hub was told of, in order."""
        return [each for _, body in self.posted for each in parse_qs(body.decode())["hub.url"]]


@contextmanager
def far_host() -> Iterator[Far]:
    far = Far()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            far.asked.append(query)
            self._answer(200 if far.agrees else 404, query.get("hub.challenge", "").encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(far.wait_s)
            far.posted.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self._answer(far.status, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    far.url = f"http://localhost:{server.server_address[1]}/push"
    try:
        yield far
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def far() -> Iterator[Far]:
    with far_host() as far:
        yield far


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tell(newsroom: Newsroom, clock: Clock) -> Callable[..., None]:
    """`tell(hubs=...)`: what the running desk does now, until every host was asked."""

    def tell(
        *hubs: str, allowed: frozenset[str] = frozenset({"localhost"}), after: str = ""
    ) -> None:
        client = replace(websub.quick(Client(private_hosts=allowed)), seconds_max=2.0)
        teller = Teller(
            site=newsroom.site, public=newsroom.public, hubs=hubs, own=True,
            after=after, client=client, clock=clock,
        )  # fmt: skip
        Telling(newsroom.store, teller).once()

    return tell


# Hubs of others.


def test_a_hub_is_told_of_each_feed_that_changed_and_of_no_other(
    newsroom: Newsroom, far: Far, tell: Callable[..., None]
) -> None:
    tell(far.url)
    assert len(far.posted) == 1, "one request for all of a publication"
    assert TOPIC in far.topics
    far.posted.clear()

    tell(far.url)
    assert far.posted == []

    newsroom.put(article("News of the hour", 9, ("syria", "all")))
    newsroom.publish()
    tell(far.url)

    names = ("all", "syria", "author_ines_halvorsen")
    feeds = {f"{SITE.public_url}feeds/{name}" for name in names}
    assert {each.rpartition(".")[0] for each in far.topics} == feeds
    assert len(far.topics) == 9
    headers, body = far.posted[0]
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert body.startswith(b"hub.mode=publish&")


def test_where_readers_fetch_from_a_bucket_a_hub_is_told_of_what_the_bucket_has(
    newsroom: Newsroom, far: Far, tell: Callable[..., None]
) -> None:
    def sent(store: Store) -> None:
        store.move_cursor("bucket", record.last(store))

    tell(far.url, after="bucket")
    assert far.posted == []

    with newsroom.store() as store:
        sent(store)
    tell(far.url, after="bucket")
    assert TOPIC in far.topics
    far.posted.clear()

    newsroom.put(article("News of the hour", 9, ("syria", "all")))
    newsroom.publish()
    tell(far.url, after="bucket")
    assert far.posted == []

    with newsroom.store() as store:
        sent(store)
    tell(far.url, after="bucket")
    assert TOPIC in far.topics


def test_a_hub_that_is_down_is_told_once_when_it_is_back(
    newsroom: Newsroom, far: Far, tell: Callable[..., None], clock: Clock
) -> None:
    far.status = 503
    tell(far.url)
    newsroom.put(article("News of the hour", 9, ("syria", "all")))
    newsroom.publish()
    tell(far.url)
    far.status, far.posted[:] = 204, []

    clock.now += timedelta(minutes=5)
    tell(far.url)

    assert len(far.topics) == len(set(far.topics))
    assert far.topics.count(TOPIC) == 1
    with newsroom.store() as store:
        assert errands.next_due_at(store) is None


def test_a_hub_that_fails_is_asked_ever_more_rarely_and_then_given_up(
    far: Far, tell: Callable[..., None], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands, "ATTEMPTS_MAX", 4)
    far.status = 500
    for _ in range(6):
        tell(far.url)
        clock.now += LONGEST_WAIT

    assert len(far.posted) == 4
    waits = [wait(n) for n in range(ATTEMPTS_MAX)]
    assert waits[0] == FIRST_WAIT
    assert waits == sorted(waits)
    assert sum(waits, timedelta()) > timedelta(days=1)


def test_a_hub_on_a_private_address_is_asked_only_if_it_is_allowed_by_name(
    far: Far, tell: Callable[..., None]
) -> None:
    tell(far.url, allowed=frozenset())

    assert far.posted == []


def test_a_hub_that_redirects_to_a_private_address_is_not_followed(
    far: Far, tell: Callable[..., None], newsroom: Newsroom
) -> None:
    far.status = 307  # to 127.0.0.1, which is another name than the one that is allowed

    tell(far.url)

    assert len(far.posted) == 1
    with newsroom.store() as store:
        assert errands.next_due_at(store) is not None


def test_a_slow_hub_holds_up_no_other(far: Far, tell: Callable[..., None]) -> None:
    with far_host() as slow:
        slow.wait_s = 1.0
        seen: list[float] = []
        started = time.monotonic()
        worker = threading.Thread(target=tell, args=(slow.url, far.url))
        worker.start()
        while not far.posted and time.monotonic() - started < 5:
            time.sleep(0.005)
        seen.append(time.monotonic() - started)
        assert slow.posted == []
        worker.join()

    assert far.posted
    assert slow.posted


# Our own hub.


def subscribe(client: httpx.Client, callback: str, /, **fields: str) -> httpx.Response:
    form = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": callback}
    form |= {f"hub.{name}": value for name, value in fields.items()}
    return client.post("/hub", data=form)


@pytest.fixture
def ours(newsroom: Newsroom, tell: Callable[..., None], clock: Clock) -> Iterator[httpx.Client]:
    tell()  # what stands already is no news
    with newsroom.serve(hub=True, clock=clock) as client:
        yield client


def news(newsroom: Newsroom, number: int = 9) -> None:
    newsroom.put(article(f"News {number}", number, ("syria", "all")))
    newsroom.publish()


def test_who_subscribes_and_says_so_itself_gets_each_change_signed(
    newsroom: Newsroom, ours: httpx.Client, far: Far, tell: Callable[..., None]
) -> None:
    answer = subscribe(ours, far.url, secret="s3cret", lease_seconds="86400")
    assert answer.status_code == 202
    tell()
    assert far.asked[0]["hub.mode"] == "subscribe"
    assert far.asked[0]["hub.topic"] == TOPIC
    assert far.asked[0]["hub.lease_seconds"] == "86400"

    news(newsroom)
    tell()

    ((headers, body),) = far.posted
    assert body == (newsroom.public / "feeds/syria.atom").read_bytes()
    digest = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature"] == f"sha256={digest}"
    assert headers["content-type"] == "application/atom+xml"
    assert f'<{TOPIC}>; rel="self"' in headers["link"]
    assert '<https://news.example.org/hub>; rel="hub"' in headers["link"]


def test_who_does_not_repeat_the_challenge_is_not_subscribed(
    newsroom: Newsroom, ours: httpx.Client, far: Far, tell: Callable[..., None]
) -> None:
    far.agrees = False
    subscribe(ours, far.url)
    tell()

    news(newsroom)
    tell()

    assert len(far.asked) == 1
    assert far.posted == []


def test_only_who_subscribed_can_end_it(
    newsroom: Newsroom, ours: httpx.Client, far: Far, tell: Callable[..., None]
) -> None:
    subscribe(ours, far.url)
    tell()

    far.agrees = False
    subscribe(ours, far.url, mode="unsubscribe")
    tell()
    news(newsroom)
    tell()
    assert len(far.posted) == 1, "a stranger's wish ends nothing"

    far.agrees = True
    subscribe(ours, far.url, mode="unsubscribe")
    tell()
    news(newsroom, 10)
    tell()
    assert len(far.posted) == 1


def test_a_subscription_ends_with_its_lease_and_is_renewed_by_asking_again(
    newsroom: Newsroom, ours: httpx.Client, far: Far, tell: Callable[..., None], clock: Clock
) -> None:
    subscribe(ours, far.url, lease_seconds="7200")
    tell()
    clock.now += timedelta(hours=1)
    subscribe(ours, far.url, lease_seconds="7200")
    tell()

    clock.now += timedelta(hours=1, minutes=30)
    news(newsroom)
    tell()
    assert len(far.posted) == 1

    clock.now += timedelta(hours=1)
    news(newsroom, 10)
    tell()
    assert len(far.posted) == 1


def test_who_answers_gone_is_not_told_again(
    newsroom: Newsroom, ours: httpx.Client, far: Far, tell: Callable[..., None]
) -> None:
    subscribe(ours, far.url)
    tell()
    far.status = 410

    news(newsroom)
    tell()
    news(newsroom, 10)
    tell()

    assert len(far.posted) == 1


def test_a_delivery_that_failed_is_made_again_with_what_stands_then(
    newsroom: Newsroom, ours: httpx.Client, far: Far, tell: Callable[..., None], clock: Clock
) -> None:
    subscribe(ours, far.url)
    tell()
    far.status = 500
    news(newsroom)
    tell()

    far.status = 200
    news(newsroom, 10)
    clock.now += timedelta(minutes=1)
    tell()
    tell()

    bodies = [body for _, body in far.posted]
    assert len(bodies) == 2
    assert bodies[1] == (newsroom.public / "feeds/syria.atom").read_bytes()


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": "publish"},
        {"mode": ""},
        {"topic": "https://news.example.org/feeds/nowhere.atom"},
        {"topic": "https://elsewhere.example/feeds/syria.atom"},
        {"topic": "https://news.example.org/feeds/../secret.key"},
        {"callback": "ftp://example.org/"},
        {"callback": "http://user:pass@example.org/"},
        {"callback": "javascript:alert(1)"},
        {"callback": ""},
        {"callback": f"https://example.org/{'x' * 2000}"},
        {"secret": "x" * 200},
    ],
)
def test_what_is_no_request_for_a_feed_of_ours_is_refused(
    ours: httpx.Client, fields: dict[str, str], tell: Callable[..., None], newsroom: Newsroom
) -> None:
    answer = subscribe(ours, "https://reader.example.org/push", **fields)

    assert answer.status_code == 400
    assert answer.text.startswith("hub.")
    with newsroom.store() as store:
        assert errands.next_due_at(store) is None


def test_nobody_can_make_us_ask_a_private_address(
    newsroom: Newsroom, ours: httpx.Client, far: Far, tell: Callable[..., None]
) -> None:
    subscribe(ours, far.url)

    tell(allowed=frozenset())

    assert far.asked == []


def test_nobody_can_make_us_flood_a_host(
    ours: httpx.Client, far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "VERIFICATIONS_PER_HOST_MAX", 3)

    answers = [subscribe(ours, f"{far.url}?n={n}") for n in range(5)]

    assert [each.status_code for each in answers] == [202, 202, 202, 503, 503]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_subscriptions_have_a_limit_for_each_host(
    ours: httpx.Client, far: Far, tell: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "SUBSCRIPTIONS_PER_HOST_MAX", 1)
    subscribe(ours, far.url)
    tell()

    assert subscribe(ours, f"{far.url}?other").status_code == 503


def test_the_hub_is_off_unless_it_is_switched_on(client: httpx.Client) -> None:
    assert subscribe(client, "https://reader.example.org/push").status_code == 404


def test_a_feed_names_all_its_hubs_in_its_head_and_in_itself(newsroom: Newsroom) -> None:
    hubs = ("https://hub.example.org/", "https://hub.example.com/")
    newsroom.site = replace(newsroom.site, hubs=hubs)
    newsroom.publish()

    with newsroom.serve() as client:
        link = client.get("/feeds/syria.atom").headers["link"]
        feeds = [client.get(f"/feeds/syria.{kind}") for kind in ("rss", "atom")]

    for each in feeds:
        links = feedparser.parse(each.content).feed.links
        assert tuple(link.href for link in links if link.rel == "hub") == hubs
    one, other = hubs
    assert link == f'<{one}>; rel="hub", <{other}>; rel="hub", <{TOPIC}>; rel="self"'


def test_a_body_that_is_no_form_is_refused(ours: httpx.Client) -> None:
    many = urlencode([(f"hub.x{n}", "y") for n in range(99)])

    assert ours.post("/hub", content=b"\xff\xfe").status_code == 400
    assert ours.post("/hub", content=many).status_code == 400
    assert ours.post("/hub", content=b"x" * 5000).status_code == 413
