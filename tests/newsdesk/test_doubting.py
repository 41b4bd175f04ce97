"""What became of one reader's mail, and what an operator may say about it."""

from __future__ import annotations

import json
import smtplib
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest

from articles.errors import NewsdeskError
from newsdesk import doubting
from newsletter import evidence, subscribers, verp
from newsletter.ledger import Settled
from tests.newsletter.inbound import postfix
from tests.newsletter.mail_desk import MORNING, SECRETS, Desk


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

    assert by_log(desk, log) == {"sent": 1, "resend": 1}
    assert desk.states() == {"sent": 1, "planned": 2}


def test_a_log_that_does_not_name_a_message_settles_nothing_unless_it_is_said(desk, tmp_path):
    log = tmp_path / "mail.log"
    log.write_text("Nov 22 07:00:01 mx postfix/qmgr[9]: ABCDEF1: removed\n")

    assert by_log(desk, log) == {"sent": 0, "resend": 0, "unknown": 2}
    with pytest.raises(NewsdeskError, match=r"none\.log"):
        by_log(desk, tmp_path / "none.log")
    assert by_log(desk, log, unnamed="resend") == {"sent": 0, "resend": 2}
    said = "\n".join(doubting.why(desk.store, "reader0000@example.org", None, MORNING))
    assert "mail.log does not name it, so the operator said: resend" in said


@pytest.mark.parametrize("is_ours", [True, False])
def test_what_lies_in_postfix_queue_was_taken(desk, tmp_path, is_ours):
    """By its return address where bounces are read, by its recipient and time where not."""
    first = subscribers.find(desk.store.db, "reader0000@example.org")
    day = MORNING.date() if is_ours else MORNING.date() - timedelta(days=1)
    sender = verp.address("bounces@example.org", SECRETS, first.key, day)
    queue = tmp_path / "queue"
    entries = [
        (sender, "reader0000@example.org", MORNING - timedelta(days=1)),
        ("digest@example.org", "reader0001@example.org", MORNING + timedelta(seconds=2)),
    ]
    queue.write_text(
        "\n".join(
            json.dumps(
                {
                    "queue_name": "deferred",
                    "queue_id": "4F1A2B3C4D",
                    "arrival_time": int(at.timestamp()),
                    "sender": who,
                    "recipients": [{"address": whom, "delay_reason": "connect: refused"}],
                }
            )
            for who, whom, at in entries
        )
        + '\n{"of another": "program"}\n{torn'
    )

    settled = {"sent": 2, "resend": 0} if is_ours else {"sent": 1, "resend": 0, "unknown": 1}
    assert by_log(desk, queue) == settled


def test_an_older_message_to_the_same_reader_settles_nothing(desk, tmp_path):
    entry = {
        "sender": "digest@example.org",
        "recipients": [{"address": "reader0000@example.org"}],
        "arrival_time": int((MORNING - timedelta(days=1)).timestamp()),
    }
    (tmp_path / "queue").write_text(json.dumps(entry))

    assert by_log(desk, tmp_path / "queue")["unknown"] == 2


@pytest.mark.slow
def test_a_real_postfix_answers_by_its_queue_and_by_its_log(desk):
    first, second = doubting.doubts(desk.store)
    key = subscribers.find(desk.store.db, first.address).key
    sender = verp.address("bounces@news.example", SECRETS, key, first.day)
    with tempfile.TemporaryDirectory() as name:  # a short path: Dovecot's sockets
        folder = Path(name)
        with postfix.running(folder, next_hop=postfix.free_port(), returns="dovecot") as servers:
            with smtplib.SMTP("127.0.0.1", servers.smtp) as smtp:
                head = f"Message-ID: {first.message_id}\r\n\r\n"
                smtp.sendmail(sender, first.address, f"{head}News.\r\n".encode())
            servers.wait_for(first.message_id)
            printed = subprocess.run(
                ["postqueue", "-c", servers.config, "-j"], check=True, capture_output=True
            ).stdout
            log = folder / "mail.log"
            log.write_text(servers.log.read_text())
            asked = verp.returned(SECRETS, json.loads(printed)["sender"])
            (folder / "queue").write_bytes(printed)
            by_its_log = evidence.read(
                log.read_text().splitlines(), {first.message_id, second.message_id}
            )
            assert by_its_log.taken == {first.message_id: True}
            assert asked.key == key

        assert by_log(desk, folder / "queue") == {"sent": 1, "resend": 0, "unknown": 1}


def by_log(desk, log, **more):
    return doubting.resolve_by_log(desk.store, log, SECRETS, MORNING, **more)


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
