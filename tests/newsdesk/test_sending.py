"""`digest send` and `digest status`, as an operator meets them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from articles.errors import NewsdeskError
from articles.model import Draft
from newsdesk import config, sending, setup
from newsdesk.config import Desk
from newsletter import subscribers, wishes
from newsletter.ledger import Ledger

Add = Callable[..., None]


@pytest.fixture
def now() -> datetime:
    """The real minute: what is sent has a deadline on the real clock."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def desk(tmp_path: Path, now: datetime) -> Desk:
    setup.make_desk(tmp_path / "desk", "The Meridian", "https://news.example.org/", now)
    desk = config.load(tmp_path / "desk")
    with setup.opened(desk) as store:
        store.save(
            [
                Draft(
                    title="Damascus reopens its river port",
                    body_text="The first barge in nine years tied up on Monday.",
                    url="https://news.example.org/a/port",
                    regions=("SY",),
                    published_at=(
                        now - timedelta(hours=30)
                    ).isoformat(),  # before any 07:00 of today
                )
            ]
        )
    return desk


@pytest.fixture
def add(desk: Desk, now: datetime) -> Add:
    def subscribe(address: str, *regions: str) -> None:
        with setup.opened(desk) as store:
            wish = wishes.checked(
                address,
                wishes.resolver(setup.region_table(desk)),
                regions=regions,
                hour="07:00",
                time_zone="UTC",
                language="en",
            )
            subscribers.add(store.db, wish, now=now - timedelta(days=2), source="test")

    return subscribe


def boxes(desk: Desk) -> list[str]:
    return sorted(path.name for path in desk.mail.glob("*")) if desk.mail.exists() else []


def test_a_day_is_sent_once_however_often_it_is_asked_for(
    desk: Desk, add: Add, now: datetime
) -> None:
    add("ada@example.org", "Syria")
    add("ben@example.com", "Chile")

    first = sending.send(desk, sending.Order(day=now.date()), now=now)
    second = sending.send(desk, sending.Order(day=now.date()), now=now)

    assert (first.plan.planned, first.plan.quiet) == (1, 1)
    assert first.delivered is not None
    assert first.delivered["sent"] == 1
    assert (second.plan.planned, second.plan.quiet) == (0, 0)
    assert boxes(desk) == ["ada@example.org"]
    assert len(list((desk.mail / "ada@example.org" / "new").iterdir())) == 1


def test_a_dry_run_sends_nothing_and_decides_nothing(desk: Desk, add: Add, now: datetime) -> None:
    add("ada@example.org")

    dry = sending.send(desk, sending.Order(day=now.date(), dry_run=True), now=now)

    assert dry.plan.planned == 1
    assert "1 delivery would be planned in 1 edition" in "\n".join(dry.sentences())
    assert boxes(desk) == []
    assert sending.send(desk, sending.Order(day=now.date()), now=now).plan.planned == 1


def test_only_the_one_who_is_named_gets_it(desk: Desk, add: Add, now: datetime) -> None:
    add("ada@example.org")
    add("ben@example.com")

    sending.send(desk, sending.Order(day=now.date(), to="ben@example.com"), now=now)

    assert boxes(desk) == ["ben@example.com"]
    with pytest.raises(NewsdeskError, match=r"nobody@example\.org is not subscribed"):
        sending.send(desk, sending.Order(day=now.date(), to="nobody@example.org"), now=now)


def test_the_status_adds_up_to_everybody(desk: Desk, add: Add, now: datetime) -> None:
    add("ada@example.org", "Syria")
    add("ben@example.com", "Chile")
    sending.send(desk, sending.Order(day=now.date()), now=now)
    add("chloe@example.net")

    with setup.opened(desk) as store:
        state = sending.status(desk, store, now.date(), now)

    assert state.counts == {"quiet": 1, "sent": 1}
    assert state.undecided == 1
    assert state.next_at is not None
    assert state.next_at > now
    said = "\n".join(sending.status_sentences(state))
    assert "1 sent" in said
    assert "1 quiet: nothing new in their regions" in said


def test_the_status_names_an_edition_that_is_held_back(desk: Desk, add: Add, now: datetime) -> None:
    add("ada@example.org", "Syria")
    own = desk.folder / "templates" / "partials"
    own.mkdir(parents=True)
    (own / "story.mjml.j2").write_text("{{ story.standfrist }}\n")
    desk = config.load(desk.folder)
    assert sending.send(desk, sending.Order(day=now.date()), now=now).failed

    with setup.opened(desk) as store:
        due_at = datetime.combine(now.date(), time(7, 1), UTC)
        state = sending.status(desk, store, now.date(), due_at)

    (said,) = [each for each in sending.status_sentences(state) if "held back" in each]
    assert said.startswith("held back for 1 reader, tried again: TemplateError: partials/story")
    assert "did you mean 'standfirst'?" in said


def test_the_first_digest_to_many_asks_for_a_yes(desk: Desk, add: Add, now: datetime) -> None:
    for number in range(sending.FIRST_SEND_MAX + 1):
        add(f"reader{number}@example.org", "Chile")

    with pytest.raises(NewsdeskError, match="the first digest to more than 50, 51 people"):
        sending.send(desk, sending.Order(day=now.date()), now=now)
    assert sending.send(desk, sending.Order(day=now.date(), yes=True), now=now).plan.quiet == 51


def test_the_first_digest_to_many_asks_also_after_one_to_a_few(
    desk: Desk, add: Add, now: datetime
) -> None:
    add("ada@example.org", "Syria")
    tried = sending.send(desk, sending.Order(day=now.date(), to="ada@example.org"), now=now)
    assert tried.delivered
    assert tried.delivered.counts == {"sent": 1}
    for number in range(sending.FIRST_SEND_MAX):
        add(f"reader{number}@example.org", "Syria")

    with pytest.raises(NewsdeskError, match="say --yes"):
        sending.send(desk, sending.Order(day=now.date()), now=now)
    sending.send(desk, sending.Order(day=now.date(), yes=True), now=now)
    add("eve@example.org", "Syria")

    assert sending.send(desk, sending.Order(day=now.date()), now=now).failed is False


def test_when_nobody_is_due_it_says_how_to_send_all_the_same(
    desk: Desk, add: Add, now: datetime
) -> None:
    add("ada@example.org", "Syria")
    sending.send(desk, sending.Order(day=now.date()), now=now)

    (said,) = sending.send(desk, sending.Order(), now=now).sentences()

    assert said.startswith("nobody is due; with --day DATE")


def test_a_dry_run_says_who_would_get_what_and_why(desk: Desk, add: Add, now: datetime) -> None:
    add("ada@example.org", "Syria")
    add("ben@example.com", "Chile")

    said = list(
        sending.send(desk, sending.Order(day=now.date(), dry_run=True), now=now).sentences()
    )

    assert "ada@example.org: Damascus reopens its river port (syria, at 07:00 UTC)" in said
    assert "ben@example.com: nothing new (chile, at 07:00 UTC)" in said


def test_a_paused_desk_sends_nothing_until_it_is_resumed(
    desk: Desk, add: Add, now: datetime
) -> None:
    add("ada@example.org", "Syria")
    with setup.opened(desk) as store:
        Ledger(store.db).pause("the lawyers are reading", now)

    held = sending.send(desk, sending.Order(day=now.date()), now=now)
    with setup.opened(desk) as store:
        said = "\n".join(sending.status_sentences(sending.status(desk, store, now.date(), now)))
        Ledger(store.db).resume()
    sent = sending.send(desk, sending.Order(day=now.date()), now=now)

    assert held.delivered is not None
    assert "the lawyers are reading" in held.delivered.stopped
    assert "paused since" in said
    assert sent.delivered is not None
    assert sent.delivered["sent"] == 1


def test_a_store_put_back_from_a_backup_is_told_of_and_sends_nothing_again(
    desk: Desk, add: Add, now: datetime
) -> None:
    add("ada@example.org", "Syria")
    with setup.opened(desk) as store, closing(sqlite3.connect(desk.folder / "backup")) as copy:
        assert store.db.conn is not None
        store.db.conn.backup(copy)
    sending.send(desk, sending.Order(day=now.date()), now=now)
    (message,) = (desk.mail / "ada@example.org" / "new").iterdir()
    message.unlink()
    for path in desk.folder.glob("store.db*"):
        path.unlink()
    (desk.folder / "backup").rename(desk.store)

    again = sending.send(desk, sending.Order(day=now.date()), now=now)
    with setup.opened(desk) as store:
        said = "\n".join(sending.status_sentences(sending.status(desk, store, now.date(), now)))

    assert again.failed
    assert "a backup that was put back: 1 message went out" in "\n".join(again.sentences())
    assert "a backup that was put back" in said
    assert "in doubt: ada@example.org" in said
    assert list((desk.mail / "ada@example.org" / "new").iterdir()) == []
