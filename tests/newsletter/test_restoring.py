"""A store put back from a backup mails nothing again that went out since the backup was made."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest

from newsletter import journal, subscribers
from newsletter.journal import Journal, Line
from newsletter.transport.smtp import Smtp, SmtpSettings
from tests.newsletter.mail_desk import MORNING, Desk
from tests.newsletter.transport.smtp_servers import ScriptedServer

LATER = MORNING + timedelta(hours=1)


@pytest.fixture
def server():
    with ScriptedServer().running() as server:
        yield server


@pytest.fixture
def desk(tmp_path):
    desk = Desk.open(tmp_path)
    desk.publish_some(3, MORNING)
    desk.subscribe_many(6)
    yield desk
    desk.store.close()


def smtp(server):
    return Smtp(SmtpSettings(host="127.0.0.1", port=server.port, hello="desk"))


def saved(desk, tmp_path):
    """A backup of the store as it is now."""
    path = tmp_path / "backup"
    with closing(sqlite3.connect(path)) as copy:
        desk.store.db.conn.backup(copy)
    return path


def put_back(desk, backup):
    """The store as an operator restores it: the file is replaced, and what lies beside it stays."""
    desk.store.close()
    folder = backup.parent
    for path in folder.glob("store.db*"):
        path.unlink()
    backup.rename(folder / "store.db")
    again = Desk.open(folder, create=False)
    desk.store, desk.ledger = again.store, again.ledger


def copies(server):
    return Counter(recipient for recipient, _ in server.taken)


def test_a_backup_from_before_the_planning_mails_nobody_again(desk, server, tmp_path):
    backup = saved(desk, tmp_path)
    desk.plan()
    assert desk.deliver(smtp(server))["sent"] == 6

    put_back(desk, backup)
    assert desk.plan(LATER).planned == 6
    desk.deliver(smtp(server), LATER)

    assert set(copies(server).values()) == {1}
    assert desk.states() == {"doubt": 6}
    found = desk.ledger.restored()
    assert (found.at, found.until_at, found.messages, found.is_named) == (LATER, MORNING, 6, True)


def test_a_backup_from_the_middle_of_a_run_mails_only_what_had_not_gone_out(desk, server, tmp_path):
    desk.plan()
    desk.deliver(smtp(server), limit=2)
    backup = saved(desk, tmp_path)
    desk.deliver(smtp(server), limit=3)

    put_back(desk, backup)
    desk.deliver(smtp(server), LATER)

    assert desk.states() == {"sent": 3, "doubt": 3}
    assert copies(server) == dict.fromkeys((f"reader000{n}@example.org" for n in range(6)), 1)


def test_put_back_twice_it_still_knows_everything(desk, server, tmp_path):
    desk.plan()
    first, second = saved(desk, tmp_path), tmp_path / "second"
    second.write_bytes(first.read_bytes())
    desk.deliver(smtp(server), limit=2)
    put_back(desk, first)
    desk.deliver(smtp(server), LATER, limit=2)

    put_back(desk, second)
    desk.deliver(smtp(server), LATER)

    assert set(copies(server).values()) == {1}
    assert desk.states() == {"sent": 2, "doubt": 4}


def test_a_store_that_was_never_put_back_holds_nothing(desk, server):
    desk.plan()
    replies = iter(["451 4.3.0 later", *[None] * 9])
    server.script = lambda event, _: next(replies) if event == "dot" else None

    desk.deliver(smtp(server))
    desk.deliver(smtp(server), LATER)

    assert desk.states() == {"sent": 6}
    assert desk.ledger.restored() is None


def test_what_an_operator_then_sends_again_is_sent(desk, server, tmp_path):
    desk.plan()
    backup = saved(desk, tmp_path)
    desk.deliver(smtp(server))
    put_back(desk, backup)
    desk.deliver(smtp(server), LATER)

    delivery, recipient = desk.ledger.doubts()[0]
    desk.ledger.settle(delivery, "planned", "the operator said: resend", LATER)
    desk.deliver(smtp(server), LATER)

    assert copies(server)[recipient] == 2
    assert desk.states() == {"sent": 1, "doubt": 5}


def test_who_left_after_the_backup_was_made_stays_away(desk, server, tmp_path):
    backup = saved(desk, tmp_path)
    leaver = subscribers.find(desk.store.db, "reader0002@example.org")
    subscribers.remove(desk.store.db, leaver, now=MORNING, reason="unsubscribed")

    put_back(desk, backup)
    assert subscribers.is_active(desk.store.db, leaver)
    desk.plan()
    desk.deliver(smtp(server))

    assert copies(server)["reader0002@example.org"] == 0
    assert desk.states() == {"sent": 5, "cancelled": 1}
    assert not subscribers.is_active(desk.store.db, leaver)
    assert desk.ledger.restored() is None  # nothing had been mailed since


def test_the_next_days_digest_goes_out_as_ever(desk, server, tmp_path):
    desk.plan()
    backup = saved(desk, tmp_path)
    desk.deliver(smtp(server))
    put_back(desk, backup)
    tomorrow = MORNING + timedelta(days=1)
    desk.publish("A bridge is opened", tomorrow - timedelta(hours=2), "Chile")

    desk.plan(tomorrow)
    desk.deliver(smtp(server), tomorrow)

    assert desk.states(tomorrow.date()) == {"sent": 6}


def test_where_the_whole_machine_was_put_back_an_operators_word_holds_all_until_then(
    desk, server, tmp_path
):
    backup = saved(desk, tmp_path)
    desk.subscribe("late@example.org", hour="09:00")
    desk.plan()
    desk.deliver(smtp(server))
    put_back(desk, backup)
    Journal(tmp_path / "store.db").path.unlink()
    desk.subscribe("late@example.org", hour="09:00")

    desk.ledger.say_restored(LATER, LATER)
    for hours in (1, 2):
        desk.plan(MORNING + timedelta(hours=hours))
        desk.deliver(smtp(server), MORNING + timedelta(hours=hours))

    assert set(copies(server).values()) == {1}
    assert desk.states() == {"doubt": 6, "sent": 1}


def test_lines_that_a_power_cut_tore_are_passed_over(tmp_path):
    kept = Journal(tmp_path / "store.db")
    kept.note(
        [Line(number, "2026-11-22T07:00:00Z", f"<{number}@example.org>") for number in (1, 2)]
    )
    with kept.path.open("ab") as file:
        file.write(b"3 2026-11-22T07:00:01Z <3@exam\0\0\0\0\n\0\0\0")

    assert kept.last() == 2
    assert [each.what for each in kept.since(1)] == ["<2@example.org>"]


def test_a_journal_that_has_grown_long_loses_its_older_half(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "JOURNAL_BYTES_MAX", 10_000)
    kept = Journal(tmp_path / "store.db")
    kept.note([Line(n, "2026-11-22T07:00:00Z", f"<{n:06}@example.org>") for n in range(1, 400)])
    size = kept.path.stat().st_size

    kept.shorten()

    assert kept.path.stat().st_size <= 5_000 < size
    assert kept.last() == 399
    assert len(list(kept.since(390))) == 9
    assert kept.path.stat().st_mode & 0o777 == 0o600


def test_a_journal_that_cannot_be_written_lets_no_message_go(desk, server, tmp_path):
    desk.plan()
    Journal(tmp_path / "store.db").path.mkdir()

    with pytest.raises(Exception, match=r"store\.mailed"):
        desk.deliver(smtp(server))

    assert server.taken == []
