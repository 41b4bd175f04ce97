"""What is published reaches a bucket of a real server that speaks S3, changed files only."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from articles.model import Article
from feeds import bucket
from feeds.bucket import Bucket, BucketAwayError, BucketError

if TYPE_CHECKING:
    from conftest import Desk

Make = Callable[..., Article]
KEY, SECRET = "KEYOFTHEDESK", "the-secret-of-the-desk"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3 server."""
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        moto.stop()


@pytest.fixture
def target(server: str, request: pytest.FixtureRequest) -> Bucket:
    """An empty bucket of this test's own."""
    name = f"newsroom-{abs(hash(request.node.nodeid)):x}"
    assert httpx.put(f"{server}/{name}", timeout=60).status_code == 200
    return Bucket(
        address=f"s3://{name}/desk", endpoint=server, region="us-east-1", key=KEY, secret=SECRET
    )


def remote(target: Bucket) -> S3Store:
    return S3Store(
        target.address.split("/")[2],
        config={
            "endpoint": target.endpoint,
            "region": "us-east-1",
            "access_key_id": KEY,
            "secret_access_key": SECRET,
        },
        client_options={"allow_http": True},
    )


def objects(target: Bucket) -> dict[str, bytes]:
    """What is in the bucket, by name below the prefix."""
    store = remote(target)
    names = [each["path"] for page in obstore.list(store) for each in page]
    return {name.removeprefix("desk/"): bytes(store.get(name).bytes()) for name in names}


def plain(desk: Desk) -> dict[str, bytes]:
    return {n: body for n, body in desk.files().items() if not n.endswith((".gz", ".br"))}


def test_everything_that_stands_is_sent_the_first_time(
    desk: Desk, make_article: Make, target: Bucket
) -> None:
    desk.put(make_article(regions=("syria", "middle-east")))
    desk.publish()

    sent = bucket.send(desk.store, desk.public, target)

    assert objects(target) == plain(desk)
    assert set(sent.put) == set(plain(desk))
    head = remote(target).get("desk/feeds/syria.rss").attributes
    assert head["Content-Type"] == "text/xml; charset=utf-8"
    assert "max-age=900" in head["Cache-Control"]


def test_then_only_what_changed_is_sent(desk: Desk, make_article: Make, target: Bucket) -> None:
    desk.put(make_article(regions=("syria",)))
    desk.publish()
    bucket.send(desk.store, desk.public, target)
    desk.put(make_article(regions=("iraq",)))
    published = desk.publish()

    sent = bucket.send(desk.store, desk.public, target)

    assert sorted(sent.put) == sorted(published.written)
    assert "feeds/syria.rss" not in sent.put
    assert objects(target) == plain(desk)
    assert bucket.send(desk.store, desk.public, target) == bucket.Sent()


def test_what_an_index_names_is_there_before_the_index(
    desk: Desk,
    make_article: Make,
    target: Bucket,
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk.put(make_article(regions=("syria",)))
    desk.publish(more=[("feeds/syria/2026-10.rss", b"an archive")])

    with caplog.at_level(logging.INFO, "werkzeug"):
        bucket.send(desk.store, desk.public, target)

    names = re.findall(r"PUT /[^/]+/desk/(\S+)", caplog.text)
    places = {name: place for place, name in enumerate(names)}
    assert places["feeds/syria/2026-10.rss"] == 0
    assert places["feeds/syria.rss"] < places["feeds.opml"] == len(names) - 1


def test_what_is_taken_away_leaves_the_bucket(
    desk: Desk, make_article: Make, target: Bucket
) -> None:
    desk.put(make_article(regions=("syria",)))
    desk.publish(more=[("editions/1.html", b"<p>one"), ("editions/2.html", b"<p>two")])
    bucket.send(desk.store, desk.public, target)
    desk.publish(more=[("editions/1.html", None)])

    sent = bucket.send(desk.store, desk.public, target)

    assert sent.removed == ("editions/1.html",)
    assert "editions/1.html" not in objects(target)
    assert objects(target) == plain(desk)


def test_another_bucket_gets_everything(desk: Desk, make_article: Make, target: Bucket) -> None:
    desk.put(make_article(regions=("syria",)))
    desk.publish()
    bucket.send(desk.store, desk.public, target)
    elsewhere = replace(target, address=f"{target.address}-2")

    sent = bucket.send(desk.store, desk.public, elsewhere)

    assert len(sent.put) == len(plain(desk))


def test_a_bucket_that_is_away_gets_all_of_it_later_and_no_message_has_a_key(
    desk: Desk, make_article: Make, target: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "TRIES", 0)
    desk.put(make_article(regions=("syria",)))
    desk.publish()
    away = replace(target, endpoint="http://127.0.0.1:9")

    with pytest.raises(BucketAwayError, match=r"sent again next time") as told:
        bucket.send(desk.store, desk.public, away)

    assert KEY not in str(told.value) + repr(away)
    assert SECRET not in str(told.value) + repr(away)
    assert told.value.__cause__ is None
    assert len(bucket.send(desk.store, desk.public, target).put) == len(plain(desk))


def test_a_bucket_that_is_not_there_is_named(
    desk: Desk, make_article: Make, target: Bucket
) -> None:
    desk.put(make_article())
    desk.publish()

    with pytest.raises(BucketError, match=r"s3://nobodys: .*publish\.bucket") as told:
        bucket.send(desk.store, desk.public, replace(target, address="s3://nobodys"))

    assert SECRET not in str(told.value)
