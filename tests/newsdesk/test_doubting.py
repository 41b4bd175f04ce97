"""What became of one reader's mail, and what an operator may say about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from articles.errors import NewsdeskError
from newsdesk import doubting
from newsletter.ledger import Settled
from tests.newsletter.mail_desk import MORNING, Desk


@pytest.fixture
def desk(tmp_path):
    desk = Desk.open(tmp_path)
    desk.publish_some(3, MORNING)
    desk.subscribe_many(3)
    desk.plan()
    lost = [
        Settled(
            delivery=each.delivery,
            state="doubt",
            reply="after the final dot: closed",
            server="relay",
        )
        for each in desk.ledger.ready(MORNING)[:2]
    ]
    for each in lost:
        desk.ledger.attempt(each.delivery, MORNING, "relay")
    desk.ledger.commit(lost, [], MORNING)
    yield desk
    desk.store.close()


def test_a_doubt_is_listed_with_what_its_message_can_be_found_by(desk):
    first, second = doubting.doubts(desk.store)

    assert (first.address, second.address) == ("reader0000@example.org", "reader0001@example.org")
    assert first.message_id.startswith("<20261122.")


@pytest.mark.parametrize(
    ("answer", "state"), [("sent", "sent"), ("resend", "planned"), ("drop", "cancelled")]
)
def test_an_operators_word_settles_it(desk, answer, state):
    assert doubting.resolve(desk.store, "reader0000@example.org", answer, MORNING) == (
        "reader0000@example.org",
    )

    said = "\n".join(doubting.why(desk.store, "reader0000@example.org", None, MORNING))
    assert f"{state:<10} the operator said: {answer}" in said
    with pytest.raises(NewsdeskError, match=r"nothing about reader0000@example\.org is in doubt"):
        doubting.resolve(desk.store, "reader0000@example.org", answer, MORNING)


def test_a_postfix_log_settles_what_it_tells_of(desk, tmp_path):
    first, second = doubting.doubts(desk.store)
    log = tmp_path / "mail.log"
    log.write_text(
        f"Nov 22 07:00:01 mx postfix/cleanup[7]: 4F1A2B3C4D: message-id={first.message_id}\n"
        "Nov 22 07:00:01 mx postfix/qmgr[9]: 4F1A2B3C4D: from=<d@example.org>, size=9,"
        " nrcpt=1 (queue active)\n"
        f"Nov 22 07:00:02 mx postfix/cleanup[7]: 5F1A2B3C4D: message-id={second.message_id}\n"
        "Nov 22 07:00:02 mx postfix/smtpd[8]: lost connection after DATA from desk\n"
    )

    assert doubting.resolve_by_log(desk.store, log, MORNING) == {
        "sent": 1,
        "resend": 1,
        "unknown": 0,
    }
    assert desk.states() == {"sent": 1, "planned": 2}


def test_a_log_that_does_not_name_a_message_settles_nothing(desk, tmp_path):
    (tmp_path / "mail.log").write_text("Nov 22 07:00:01 mx postfix/qmgr[9]: ABCDEF1: removed\n")

    assert doubting.resolve_by_log(desk.store, tmp_path / "mail.log", MORNING)["unknown"] == 2
    with pytest.raises(NewsdeskError, match=r"none\.log"):
        doubting.resolve_by_log(desk.store, tmp_path / "none.log", MORNING)


def test_why_tells_every_step_in_the_servers_words(desk):
    said = list(doubting.why(desk.store, "reader0001@example.org", MORNING.date(), MORNING))

    assert said[0] == ("reader0001@example.org: subscribed; every region, at 07:00 UTC")
    assert "doubt by relay" in said[1]
    assert [line.split()[2] for line in said[2:]] == ["planned", "attempting", "doubt"]
    assert said[-1].endswith("after the final dot: closed")


@pytest.mark.parametrize(
    ("days", "reason"),
    [(1, "their hour has not come"), (-60, "they asked on 2026-10-23")],
)
def test_why_not_is_told_too(desk, days, reason):
    day = MORNING.date() + timedelta(days=days)

    assert reason in list(doubting.why(desk.store, "reader0002@example.org", day, MORNING))[-1]


def test_who_never_asked_is_named(desk):
    with pytest.raises(NewsdeskError, match=r"nobody@example\.org was never subscribed"):
        list(doubting.why(desk.store, "nobody@example.org", None, MORNING))
