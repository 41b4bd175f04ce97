"""`digest send` and `digest status`, as an operator meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from articles.errors import NewsdeskError
from articles.model import Draft
from newsdesk import config, sending, setup
from newsdesk.config import Desk
from newsletter import subscribers, wishes

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

    first = sending.send(desk, now=now, day=now.date())
    second = sending.send(desk, now=now, day=now.date())

    assert (first.plan.planned, first.plan.quiet) == (1, 1)
    assert first.delivered is not None
    assert first.delivered["sent"] == 1
    assert (second.plan.planned, second.plan.quiet) == (0, 0)
    assert boxes(desk) == ["ada@example.org"]
    assert len(list((desk.mail / "ada@example.org" / "new").iterdir())) == 1


def test_a_dry_run_sends_nothing_and_decides_nothing(desk: Desk, add: Add, now: datetime) -> None:
    add("ada@example.org")
    sending.send(desk, now=now, to="ada@example.org")  # takes the article in; nobody is due

    dry = sending.send(desk, now=now, day=now.date(), dry_run=True)

    assert dry.plan.planned == 1
    assert "1 delivery would be planned in 1 edition" in "\n".join(dry.sentences())
    assert boxes(desk) == []
    assert sending.send(desk, now=now, day=now.date()).plan.planned == 1


def test_only_the_one_who_is_named_gets_it(desk: Desk, add: Add, now: datetime) -> None:
    add("ada@example.org")
    add("ben@example.com")

    sending.send(desk, now=now, day=now.date(), to="ben@example.com")

    assert boxes(desk) == ["ben@example.com"]
    with pytest.raises(NewsdeskError, match=r"nobody@example\.org is not subscribed"):
        sending.send(desk, now=now, day=now.date(), to="nobody@example.org")


def test_the_status_adds_up_to_everybody(desk: Desk, add: Add, now: datetime) -> None:
    add("ada@example.org", "Syria")
    add("ben@example.com", "Chile")
    sending.send(desk, now=now, day=now.date())
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
