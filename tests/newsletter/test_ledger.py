"""The rules of the ledger hold whatever the code above it does."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

from articles.database import StoreError
from newsletter import subscribers
from newsletter.ledger import Settled
from newsletter.schema import STEPS
from newsletter.transport.maildir import Maildir
from tests.newsletter.mail_desk import MORNING, Desk

STATES = ("planned", "attempting", "sent", "deferred", "refused", "doubt", "cancelled", "expired")


@pytest.fixture
def desk(tmp_path):
    with closing(Desk.open(tmp_path)) as desk:
        desk.publish_some(3, MORNING)
        desk.subscribe("reader@example.org")
        desk.plan()
        yield desk


def offered(ready, state, reply, **more):
    return Settled(delivery=ready.delivery, state=state, reply=reply, **more)


def record(desk, ready, state, reply, now=MORNING, **more):
    desk.ledger.commit([offered(ready, state, reply, **more)], [], now)


def force(desk, state):
    """Put the one delivery into a state, past the trigger that guards it."""
    desk.store.db.execute("DROP TRIGGER deliveries_step")
    desk.store.db.execute("UPDATE deliveries SET state = ?", (state,))


def test_nobody_gets_two_digests_on_one_local_date(desk):
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        desk.store.db.execute(
            """
            INSERT INTO deliveries (subscriber_id, day, edition_id, state, message_id, dated_at,
                                    next_at, deadline_at, changed_at)
            SELECT subscriber_id, day, edition_id, 'planned', 'other', dated_at, next_at,
                   deadline_at, changed_at FROM deliveries
            """
        )


@pytest.mark.parametrize("old", STATES)
def test_a_delivery_takes_no_step_that_does_not_exist(desk, old):
    trigger = desk.store.db.execute(
        "SELECT sql FROM sqlite_master WHERE name = 'deliveries_step'"
    ).fetchone()[0]
    force(desk, old)
    desk.store.db.execute(trigger)

    for new in STATES:
        if new in STEPS.get(old, ()):
            continue
        with pytest.raises(sqlite3.IntegrityError, match="cannot take this step"):
            desk.store.db.execute("UPDATE deliveries SET state = ?", (new,))


def test_every_step_is_on_record_with_the_servers_words(desk):
    (ready,) = desk.ledger.ready(MORNING)
    record(desk, ready, "deferred", "450 later", MORNING, next_at=MORNING)
    desk.ledger.attempt(ready.delivery, MORNING + timedelta(minutes=1))
    record(desk, ready, "sent", "250 ok", MORNING + timedelta(minutes=2))

    ((delivery, steps),) = desk.ledger.history(ready.subscriber)
    assert [(each.state, each.reply) for each in steps] == [
        ("planned", ""),
        ("deferred", "450 later"),
        ("attempting", "450 later"),
        ("sent", "250 ok"),
    ]
    assert [each.at - MORNING for each in steps[1:]] == [timedelta(minutes=n) for n in range(3)]
    assert (delivery.state, delivery.attempts, delivery.reply) == ("sent", 2, "250 ok")


def test_a_delivery_is_claimed_once(desk):
    (ready,) = desk.ledger.ready(MORNING)

    assert desk.ledger.attempt(ready.delivery, MORNING)
    assert not desk.ledger.attempt(ready.delivery, MORNING)


@pytest.mark.parametrize("how", ["removed", "suppressed by hand"])
def test_nothing_is_claimed_for_somebody_who_left_a_moment_ago(desk, how):
    (ready,) = desk.ledger.ready(MORNING)
    if how == "removed":
        subscribers.remove(desk.store.db, ready.subscriber, now=MORNING, reason="unsubscribed")
    else:
        desk.store.db.execute(
            "INSERT INTO suppressions SELECT address_hash, 'complaint', '' FROM subscribers"
        )

    assert not desk.ledger.attempt(ready.delivery, MORNING)


def test_a_delivery_is_not_ready_before_its_time_nor_after_its_deadline(desk):
    assert len(desk.ledger.ready(MORNING)) == desk.ledger.waiting(MORNING) == 1
    assert desk.ledger.ready(MORNING - timedelta(seconds=1)) == ()
    assert desk.ledger.ready(MORNING + timedelta(hours=6)) == ()
    assert desk.ledger.expire(MORNING + timedelta(hours=6)) == 1


def test_an_operator_settles_a_doubt_and_nothing_else(desk):
    (ready,) = desk.ledger.ready(MORNING)
    desk.ledger.attempt(ready.delivery, MORNING)
    record(desk, ready, "doubt", "connection lost", MORNING)

    ((delivery, recipient),) = desk.ledger.doubts()
    assert recipient == "reader@example.org"
    assert desk.ledger.settle(delivery, "sent", "found in the server's log", MORNING)
    assert not desk.ledger.settle(delivery, "planned", "", MORNING)
    assert desk.ledger.doubts() == ()


def test_a_doubt_that_is_sent_again_keeps_its_message_id_and_its_words(desk, tmp_path):
    (ready,) = desk.ledger.ready(MORNING)
    desk.ledger.attempt(ready.delivery, MORNING)
    record(desk, ready, "doubt", "connection lost", MORNING)
    ((delivery, _),) = desk.ledger.doubts()

    desk.ledger.settle(delivery, "planned", "resend", MORNING)
    (again,) = desk.ledger.ready(MORNING)

    assert again.delivery.message_id == ready.delivery.message_id
    assert again.dated_at == ready.dated_at
    assert desk.deliver(Maildir(tmp_path / "mail"))["sent"] == 1


def test_old_words_are_dropped_and_what_was_told_stays(desk):
    reader = subscribers.active(desk.store.db)[0]
    told = desk.subjects(reader)

    desk.ledger.forget(date(2026, 11, 22))
    assert desk.ledger.ready(MORNING)[0].subscriber == reader
    assert desk.ledger.rendered(1).html

    desk.ledger.forget(date(2026, 11, 23))
    assert desk.ledger.rendered(1).html == ""
    assert desk.subjects(reader) == told


def test_a_ledger_that_cannot_be_written_says_so(desk):
    (ready,) = desk.ledger.ready(MORNING)
    desk.store.db.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="the ledger cannot be written"):
        desk.ledger.attempt(ready.delivery, MORNING)
