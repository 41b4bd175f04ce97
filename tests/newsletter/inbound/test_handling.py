from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter import subscribers, tokens, verp
from newsletter.inbound import handling
from newsletter.ledger import Settled
from newsletter.transport.maildir import Maildir
from tests.newsletter.inbound.received import EXIM, complaint, dsn, message
from tests.newsletter.mail_desk import MORNING, SECRETS, Desk

DAY = timedelta(days=1)
TODAY = MORNING.date()
BOUNCES = "bounces@news.example"


@pytest.fixture
def desk(tmp_path):
    desk = Desk.open(tmp_path)
    yield desk
    desk.store.close()


@pytest.fixture
def reader(desk):
    return desk.subscribe("reader@example.org")


def back(reader, day=TODAY):
    """The return address of the reader's edition of that day."""
    return verp.address(BOUNCES, SECRETS, reader.key, day)


def handle(desk, raw, now=MORNING, envelope=()):
    return handling.handle(desk.store.db, SECRETS, raw, now=now, envelope=envelope).did


def is_active(desk, reader):
    return subscribers.is_active(desk.store.db, reader)


def full(reader, day):
    return dsn(to=back(reader, day), status="5.2.2", reply="smtp; 552 5.2.2 mailbox full")


def test_a_mailbox_that_is_gone_is_never_mailed_again(desk, reader):
    assert handle(desk, dsn(to=back(reader))) == "suppressed"

    assert not is_active(desk, reader)
    with pytest.raises(subscribers.SuppressedError, match=r"came back for good: 5\.1\.1"):
        desk.subscribe("reader@example.org")


def test_what_waits_for_them_is_cancelled(desk, reader):
    desk.publish_some(2, MORNING)
    desk.plan()

    handle(desk, dsn(to=back(reader, TODAY - DAY)))

    assert desk.states() == {"cancelled": 1}


def test_a_full_mailbox_is_given_up_after_five_editions_in_two_weeks(desk, reader):
    days = [MORNING + n * DAY for n in (0, 1, 2, 4, 9)]
    for at in days[:-1]:
        assert handle(desk, full(reader, at.date()), at) == "counted"
        assert is_active(desk, reader)

    assert handle(desk, full(reader, days[-1].date()), days[-1]) == "suppressed"
    assert not is_active(desk, reader)


def test_old_failures_are_forgiven(desk, reader):
    for n in range(12):
        at = MORNING + n * 4 * DAY
        assert handle(desk, full(reader, at.date()), at) == "counted"

    assert is_active(desk, reader)


def test_a_report_that_comes_twice_counts_once(desk, reader):
    assert handle(desk, full(reader, TODAY)) == "counted"
    for _ in range(handling.SOFT_DAYS):
        assert handle(desk, full(reader, TODAY)) == "repeated"

    assert is_active(desk, reader)


def test_a_delay_is_not_held_against_anybody(desk, reader):
    for n in range(handling.SOFT_DAYS + 1):
        at = MORNING + n * DAY
        raw = dsn(to=back(reader, at.date()), action="delayed", status="4.4.1")
        assert handle(desk, raw, at) == "noted"

    assert is_active(desk, reader)


def test_who_complains_is_let_go(desk, reader):
    assert handle(desk, complaint(sender=back(reader))) == "suppressed"
    assert not is_active(desk, reader)


def test_a_report_without_our_signature_does_nothing(desk, reader):
    forged = [
        dsn(to=BOUNCES, recipient="rfc822; reader@example.org"),
        dsn(to="bounces+" + "a" * 48 + "@news.example"),
        dsn(to=verp.address(BOUNCES, ["another desk"], reader.key, TODAY)),
        complaint(sender="reader@example.org"),
        EXIM,
        message("Stop"),
        message("Stop", In_Reply_To="<20261122.0000@example.org>"),
        message("", subject=f"unsubscribe {'A' * 39}"),
        message("", subject=f"unsubscribe {tokens.token(SECRETS, reader.key, 'preferences')}"),
    ]
    assert {handle(desk, raw) for raw in forged} == {"ignored"}
    assert is_active(desk, reader)


def test_a_replayed_report_does_nothing_to_who_asked_again(desk, reader):
    raw = dsn(to=back(reader, TODAY - 5 * DAY))
    handle(desk, raw, MORNING - 4 * DAY)
    wish_again(desk, "reader@example.org")

    assert handle(desk, raw) in ("ignored", "repeated")
    assert handle(desk, dsn(to=back(reader, TODAY - 4 * DAY))) == "ignored"
    assert is_active(desk, reader)


def wish_again(desk, address):
    from newsletter.wishes import checked, resolver
    from tests.newsletter.mail_desk import TABLE

    wish = checked(address, resolver(TABLE), hour="07:00", time_zone="UTC", language="en")
    subscribers.add(desk.store.db, wish, now=MORNING, source="a test", asked_again=True)


def test_a_report_on_an_edition_of_long_ago_is_a_replay(desk, reader):
    now = MORNING + 2 * handling.REPORT_WITHIN
    assert handle(desk, dsn(to=back(reader)), now) == "ignored"


def test_a_mailed_unsubscribe_is_obeyed(desk, reader):
    token = tokens.token(SECRETS, reader.key, tokens.UNSUBSCRIBE)

    assert handle(desk, message("", subject=f"Unsubscribe  {token}")) == "suppressed"
    assert not is_active(desk, reader)


def test_stop_in_answer_to_a_digest_is_obeyed(desk, reader, tmp_path):
    desk.publish_some(2, MORNING)
    desk.plan()
    desk.deliver(Maildir(tmp_path / "mail"))
    ((delivery, _steps),) = desk.ledger.history(reader)

    raw = message("Stop\n\n> The Meridian wrote", In_Reply_To=delivery.message_id)
    assert handle(desk, raw) == "suppressed"
    assert not is_active(desk, reader)


def test_the_lmtp_recipient_is_enough(desk, reader):
    raw = dsn(to="undisclosed@news.example")
    assert handle(desk, raw) == "ignored"
    assert handle(desk, raw, envelope=(back(reader),)) == "suppressed"


def test_what_comes_back_settles_a_doubt(desk, reader):
    desk.publish_some(2, MORNING)
    desk.plan()
    ((delivery, _steps),) = desk.ledger.history(reader)
    desk.ledger.attempt(delivery, MORNING)
    lost = Settled(delivery=delivery, state="doubt", reply="the connection ended")
    desk.ledger.commit([lost], [], MORNING)

    handle(desk, full(reader, TODAY))

    assert desk.states() == {"sent": 1}


def test_old_facts_are_forgotten(desk, reader):
    handle(desk, full(reader, TODAY))

    assert handling.forget(desk.store.db, MORNING) == 0
    assert handling.forget(desk.store.db, MORNING + DAY) == 1
