"""Whatever a mail server, a kill or a full disk does, it is known who got the digest.

The truth is what the server took; the ledger has to agree with it.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from articles.database import StoreError
from newsletter import health, subscribers
from newsletter.digest import Until, deliver
from newsletter.post import Post, Server
from newsletter.transport import smtp_session
from newsletter.transport.maildir import Maildir
from newsletter.transport.smtp import Smtp, SmtpSettings
from tests.newsletter.mail_desk import MORNING, SECRETS, Desk
from tests.newsletter.transport.smtp_servers import ScriptedServer

MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path):
    with closing(Desk.open(tmp_path)) as desk:
        desk.publish_some(3, MORNING)
        yield desk


def smtp(server):
    return Smtp(SmtpSettings(host="127.0.0.1", port=server.port, hello="desk"))


def server_of(server, name="", **more):
    return Server(transport=smtp(server), name=name, **more)


def by(server, **more):
    return Post(servers=(server_of(server, **more),))


def taken(server):
    return Counter(recipient for recipient, _ in server.taken)


def state_of(desk):
    """recipient -> state, for everybody of the morning."""
    return dict(
        desk.store.db.execute(
            """
            SELECT address_key, d.state
            FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
            """
        )
    )


def agrees(desk, server, readers):
    """Nobody got it twice; who got it is `sent` or in doubt; nobody is unaccounted for."""
    states, got = state_of(desk), taken(server)
    assert sorted(states) == sorted(readers)
    assert max(got.values(), default=0) <= 1
    for reader, state in states.items():
        if state == "sent":
            assert got[reader] == 1, reader
        elif state != "doubt":
            assert got[reader] == 0, (reader, state)
    return Counter(states.values())


def for_one(event, action, recipient="reader0001@example.org"):
    return lambda here, whom: action if (here, whom) == (event, recipient) else None


def always(event, action):
    return lambda here, _whom: action if here == event else None


def test_everybody_gets_it_over_one_connection(desk):
    readers = desk.subscribe_many(20)
    desk.plan()

    with ScriptedServer().running() as server:
        delivered = desk.deliver(smtp(server))

    assert delivered.counts == {"sent": 20}
    assert agrees(desk, server, readers) == {"sent": 20}
    assert server.connections == 1


def test_many_connections_share_the_readers_and_the_commits(desk):
    readers = desk.subscribe_many(300)
    desk.plan()
    commits = []
    commit = desk.ledger.commit
    desk.ledger.commit = lambda *what: commits.append(len(what[1])) or commit(*what)

    with ScriptedServer(extensions=("PIPELINING",)).running() as server:
        delivered = desk.deliver(by(server, connections=10))

    assert delivered.counts == {"sent": 300}
    assert agrees(desk, server, readers) == {"sent": 300}
    assert 2 <= server.connections <= 10
    assert sum(commits) == 300
    assert max(commits) <= 10
    assert len(commits) < 300


def test_a_server_that_takes_few_connections_is_asked_for_no_more(desk):
    readers = desk.subscribe_many(60)
    desk.plan()
    count = iter(range(1000))

    def script(event, _recipient):
        return "421 4.7.0 too many" if event == "connect" and next(count) >= 3 else None

    with ScriptedServer(script).running() as server:
        delivered = desk.deliver(by(server, connections=10))

    assert (delivered.counts, delivered.stopped) == ({"sent": 60}, "")
    assert agrees(desk, server, readers) == {"sent": 60}
    assert server.connections < 20


def test_two_servers_share_by_weight_and_one_takes_over_for_the_other(desk):
    readers = desk.subscribe_many(90)
    desk.plan()

    with ScriptedServer().running() as big, ScriptedServer().running() as small:
        ways = [server_of(big, "big", weight=2), server_of(small, "small")]
        desk.deliver(Post(servers=tuple(ways)), limit=60)
        assert abs(len(big.taken) - 2 * len(small.taken)) <= 3
        big.script = always("connect", "421 4.3.2 closing")
        delivered = desk.deliver(Post(servers=tuple(ways)))

    assert (delivered.counts, delivered.stopped) == ({"sent": 30}, "")
    assert Counter(taken(big) + taken(small)) == dict.fromkeys(readers, 1)
    assert desk.ledger.trouble("big").failures == 1
    assert desk.ledger.trouble("small") is None


def test_a_new_server_is_given_a_little_more_each_day(desk):
    desk.subscribe_many(30)
    desk.plan()

    with ScriptedServer().running() as server:
        post = Post(servers=(server_of(server, "new", warm_up=(5, 12)),))
        first, again = desk.deliver(post), desk.deliver(post)
        desk.store.db.execute("UPDATE mail_counts SET day = '2026-11-21'")
        second = desk.deliver(post)
        desk.store.db.execute("UPDATE mail_counts SET day = '2026-11-20' WHERE messages = 5")
        desk.store.db.execute("UPDATE mail_counts SET day = '2026-11-21' WHERE messages = 12")

    assert [first["sent"], again["sent"], second["sent"]] == [5, 0, 12]
    assert first.stopped == again.stopped
    assert "is new" in first.stopped


def test_a_domain_gets_no_more_than_its_rate_and_holds_up_nobody_else(desk):
    desk.subscribe_many(20)
    desk.subscribe("slow@example.com")
    desk.plan()
    at = [MORNING]

    def clock():
        at[0] += timedelta(milliseconds=100)
        return at[0]

    with ScriptedServer().running() as server:
        post = Post(servers=(server_of(server, ""),), domains={"example.org": 60})
        deliver(desk.ledger, post, desk.newsletter, SECRETS, clock, until=Until(stop=lambda: False))

    assert [whom for whom, _ in server.taken].index("slow@example.com") <= 3
    assert len(server.taken) == 21
    assert at[0] - MORNING >= timedelta(seconds=16)  # 60 a minute, but for a first burst of two


def test_greylisting_is_waited_for_and_no_longer_than_the_deadline(desk):
    desk.subscribe_many(1)
    desk.plan()
    offers = []

    with ScriptedServer(always("rcpt", "450 4.7.1 greylisted")).running() as server:
        for minute in range(7 * 60):
            done = desk.deliver(smtp(server), MORNING + minute * MINUTE)
            if done["deferred"]:
                offers.append(minute)

    assert offers == [0, 1, 6, 21, 81, 141, 201, 261, 321]
    assert state_of(desk) == {"reader0000@example.org": "expired"}


def test_a_deferred_message_is_the_same_message_when_it_goes(desk):
    desk.subscribe_many(2)
    desk.plan()
    replies = iter(["451 4.3.0 after the dot", None, None])

    with ScriptedServer(lambda e, _: next(replies) if e == "dot" else None).running() as server:
        first = desk.deliver(smtp(server))
        second = desk.deliver(smtp(server), MORNING + MINUTE)

    assert (first.counts, second.counts) == ({"deferred": 1, "sent": 1}, {"sent": 1})
    early, late = (raw for whom, raw in server.offered if whom == "reader0000@example.org")
    assert early == late
    assert late.startswith(b"Date: Sun, 22 Nov 2026 07:00:00 +0000")


@pytest.mark.parametrize("event", ["rcpt", "data", "dot"])
def test_one_refused_recipient_does_not_cost_the_others(desk, event):
    readers = desk.subscribe_many(4)
    desk.plan()

    with ScriptedServer(for_one(event, "554 5.7.1 no")).running() as server:
        delivered = desk.deliver(smtp(server))

    assert delivered.counts == {"refused": 1, "sent": 3}
    assert agrees(desk, server, readers) == {"refused": 1, "sent": 3}


def test_who_was_refused_is_told_the_same_articles_the_next_day(desk):
    desk.subscribe_many(1)
    desk.plan()
    with ScriptedServer(always("rcpt", "550 5.1.1 unknown")).running() as server:
        assert desk.deliver(smtp(server)).counts == {"refused": 1}

    tomorrow = MORNING + timedelta(days=1)
    assert desk.plan(tomorrow).planned == 1
    first, second = desk.subjects(subscribers.active(desk.store.db)[0])
    assert first == second


def test_who_is_in_doubt_is_not_told_the_same_again(desk):
    desk.subscribe_many(1)
    desk.plan()
    with ScriptedServer(always("dot", "take, drop")).running() as server:
        doubtful = desk.deliver(smtp(server))

    assert doubtful.counts == {"doubt": 1}
    assert [each.message_id for each, _ in desk.ledger.doubts()] == list(doubtful.doubts)
    assert desk.plan(MORNING + timedelta(days=1)).quiet == 1


def test_a_dropped_connection_costs_one_delivery_its_certainty_and_no_other(desk):
    readers = desk.subscribe_many(6)
    desk.plan()

    with ScriptedServer(for_one("dot", "take, drop")).running() as server:
        delivered = desk.deliver(smtp(server))

    assert delivered.counts == {"doubt": 1, "sent": 5}
    assert agrees(desk, server, readers) == {"doubt": 1, "sent": 5}
    assert server.connections == 2


def test_who_answers_nothing_for_too_long_is_in_doubt_and_holds_up_nobody(desk, monkeypatch):
    readers = desk.subscribe_many(6)
    desk.plan()
    monkeypatch.setattr(smtp_session, "DOT_TIMEOUT_S", 0.3)

    with ScriptedServer(for_one("dot", "late 1.5")).running() as server:
        delivered = desk.deliver(by(server, connections=3))

    assert delivered.counts == {"doubt": 1, "sent": 5}
    assert agrees(desk, server, readers) == {"doubt": 1, "sent": 5}


def test_a_421_in_the_middle_closes_the_link_and_not_the_morning(desk):
    readers = desk.subscribe_many(6)
    desk.plan()

    with ScriptedServer(
        for_one("mail", "421 4.7.0 enough", "reader0001@example.org")
    ).running() as s:
        desk.deliver(smtp(s))
        desk.deliver(smtp(s), MORNING + MINUTE)

    assert agrees(desk, s, readers) == {"sent": 6}


@pytest.mark.parametrize("greeting", ["554 5.7.1 blocked", "421 4.3.2 busy", "drop"])
def test_a_server_that_is_closed_to_us_refuses_no_recipient(desk, greeting):
    readers = desk.subscribe_many(30)
    desk.plan()

    with ScriptedServer(always("connect", greeting)).running() as server:
        down = desk.deliver(smtp(server))
        soon = desk.deliver(smtp(server), MORNING + MINUTE / 2)

        assert down.counts == {}
        assert str(server.port) in down.stopped
        assert "waiting until 07:01 UTC" in soon.stopped
        assert server.connections == 1
        assert state_of(desk) == dict.fromkeys(readers, "planned")

        server.script = lambda _event, _recipient: None
        assert desk.deliver(smtp(server), MORNING + MINUTE)["sent"] == 30
    assert desk.ledger.trouble("") is None


@pytest.mark.parametrize(
    ("event", "action", "offered"),
    [
        ("rcpt", "554 5.7.1 your address is blocked", health.REFUSALS_MAX),
        ("dot", "550 5.7.1 quota of the day", health.REFUSALS_MAX),
        ("mail", "550 5.7.1 not this sender", health.TROUBLES_MAX),
        ("rcpt", "421 4.7.0 busy", health.TROUBLES_MAX),
        ("data", "drop", health.TROUBLES_MAX),
    ],
)
def test_a_server_that_refuses_everybody_is_not_asked_about_everybody(desk, event, action, offered):
    readers = desk.subscribe_many(30)
    desk.plan()

    with ScriptedServer(always(event, action)).running() as server:
        delivered = desk.deliver(smtp(server))

    assert delivered.stopped
    states = agrees(desk, server, readers)
    assert states["planned"] == 30 - offered
    assert states["deferred"] + states["doubt"] == offered
    assert states["refused"] == 0
    assert desk.ledger.trouble("").until_at == MORNING + MINUTE


def test_a_server_that_drops_every_message_at_the_dot_does_not_put_all_in_doubt(desk):
    desk.subscribe_many(30)
    desk.plan()

    with ScriptedServer(always("dot", "drop")).running() as server:
        delivered = desk.deliver(smtp(server))

    assert delivered.counts == {"doubt": health.TROUBLES_MAX}
    assert desk.states() == {"doubt": 3, "planned": 27}


def test_unknown_mailboxes_are_refused_however_many(desk):
    readers = desk.subscribe_many(15)
    desk.plan()

    with ScriptedServer(always("rcpt", "550 5.1.1 no such user")).running() as server:
        delivered = desk.deliver(smtp(server))

    assert delivered.counts == {"refused": 15}
    assert agrees(desk, server, readers) == {"refused": 15}


def test_a_quota_reached_in_the_middle_refuses_nobody(desk):
    readers = desk.subscribe_many(40)
    desk.plan()
    count = iter(range(100))

    def script(event, _recipient):
        return "550 5.7.1 quota" if event == "rcpt" and next(count) >= 12 else None

    with ScriptedServer(script).running() as server:
        delivered = desk.deliver(smtp(server))

    assert delivered.counts == {"sent": 12, "deferred": 10}
    assert agrees(desk, server, readers) == {"sent": 12, "deferred": 10, "planned": 18}


def test_pauses_grow_while_the_server_stays_away(desk):
    desk.subscribe_many(1)
    desk.plan()
    tries = []

    with ScriptedServer(always("connect", "drop")).running() as server:
        for minute in range(60):
            before = server.connections
            desk.deliver(smtp(server), MORNING + minute * MINUTE)
            if server.connections > before:
                tries.append(minute)
        desk.deliver(smtp(server), MORNING + 60 * MINUTE, insist=True)

    assert tries == [0, 1, 3, 8, 23, 38, 53]
    assert server.connections == len(tries) + 1


def test_who_unsubscribes_while_their_message_is_on_its_way_does_not_get_it(desk, tmp_path):
    readers = desk.subscribe_many(3)
    desk.plan()

    def script(event, recipient):
        if (event, recipient) == ("data", readers[1]):
            other = Desk.open(tmp_path, create=False).store.db
            leaver = subscribers.find(other, recipient)
            subscribers.remove(other, leaver, now=MORNING, reason="unsubscribed")
            other.close()
        return

    with ScriptedServer(script).running() as server:
        desk.deliver(smtp(server))

    assert agrees(desk, server, readers) == {"sent": 2, "cancelled": 1}


def test_it_can_be_asked_to_stop_between_two_messages(desk):
    readers = desk.subscribe_many(10)
    desk.plan()

    with ScriptedServer().running() as server:
        first = desk.deliver(smtp(server), stop=lambda: len(server.taken) >= 4)
        assert (first.stopped, first.counts) == ("asked to stop", {"sent": 4})
        second = desk.deliver(smtp(server), limit=3)
        assert second.counts == {"sent": 3}
        desk.deliver(smtp(server))

    assert agrees(desk, server, readers) == {"sent": 10}


def test_a_message_that_cannot_be_written_costs_no_other(desk):
    readers = desk.subscribe_many(3)
    desk.plan()
    desk.store.db.execute(
        "UPDATE subscribers SET time_zone = 'Mars/Olympus' WHERE address_key = ?", (readers[1],)
    )

    with ScriptedServer().running() as server:
        delivered = desk.deliver(smtp(server))

    assert delivered.counts == {"sent": 2, "deferred": 1}
    assert "not written" in desk.ledger.ready(MORNING + MINUTE)[0].delivery.reply


def test_a_locked_ledger_lets_no_message_go(desk, tmp_path):
    readers = desk.subscribe_many(5)
    desk.plan()
    desk.store.db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None, check_same_thread=False)

    def script(event, recipient):
        if (event, recipient) == ("rcpt", readers[2]):
            other.execute("BEGIN IMMEDIATE")
        return

    with ScriptedServer(script).running() as server:
        with pytest.raises(StoreError, match="another program"):
            desk.deliver(smtp(server))
        other.execute("ROLLBACK")
        other.close()
        assert len(server.taken) == 2

        server.script = lambda _event, _recipient: None
        desk.deliver(smtp(server))

    assert agrees(desk, server, readers) == {"sent": 5}


def driver(folder, port, *more):
    return subprocess.Popen(
        [sys.executable, ROOT / "tests/newsletter/send_driver.py", folder, str(port), *more],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_sigterm_ends_the_run_without_a_doubt(desk, tmp_path):
    readers = desk.subscribe_many(20)
    server = ScriptedServer()
    with server.running():
        process = driver(tmp_path, server.port)

        def script(event, _recipient):
            if event == "dot" and len(server.taken) == 7:
                process.terminate()
            return "late 0.02" if event == "dot" else None

        server.script = script
        out, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (0, "")
    assert "ended asked to stop" in out
    states = agrees(desk, server, readers)
    assert states["sent"] >= 8
    assert states["sent"] + states["planned"] == 20


@pytest.mark.slow
def test_killed_at_the_final_dot_a_maildir_can_be_asked(desk, tmp_path):
    readers = desk.subscribe_many(5)
    desk.plan()
    first, second, *_ = desk.ledger.ready(MORNING)
    for ready in (first, second):
        desk.ledger.attempt(ready.delivery, MORNING)
    with Maildir(tmp_path / "mail").open() as session:  # the first was let go, the second was not
        message = f"Message-ID: {first.delivery.message_id}\r\n\r\n".encode()
        session.offer("digest@example.org", first.recipient, message, lambda: None)
    process = driver(tmp_path, 0)
    process.communicate(timeout=60)

    assert process.returncode == 0
    assert sorted(path.name for path in (tmp_path / "mail").iterdir()) == sorted(readers)
    assert Counter(state_of(desk).values()) == {"sent": 5}
    assert len(list((tmp_path / "mail").rglob("new/*"))) == 5


def test_a_backup_opened_elsewhere_is_never_late(desk, tmp_path):
    """The honest limit: a store without what lies beside it cannot know what has gone out."""
    readers = desk.subscribe_many(3)
    desk.plan()
    desk.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (tmp_path / "backup").mkdir()
    shutil.copy(tmp_path / "store.db", tmp_path / "backup" / "store.db")

    with (
        ScriptedServer().running() as server,
        closing(Desk.open(tmp_path / "backup", create=False)) as restored,
    ):
        desk.deliver(smtp(server))
        late = restored.deliver(smtp(server), MORNING + timedelta(hours=6))

    assert late.counts == {"expired": 3}
    assert taken(server) == dict.fromkeys(readers, 1)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_server_does_the_states_add_up(desk, seed):
    readers = desk.subscribe_many(40)
    desk.plan()
    chance = random.Random(seed)
    tricks = {
        "connect": ["421 busy", "drop"],
        "ehlo": ["drop"],
        "mail": ["452 full", "drop", "extra"],
        "rcpt": ["450 later", "550 5.1.1 unknown", "554 5.7.1 no", "421 bye", "drop", "extra"],
        "data": ["451 later", "554 no", "drop", "extra"],
        "body": ["drop"],
        "dot": ["451 later", "552 5.2.2 full", "drop", "take, drop", "take, garbage", "extra"],
    }

    def script(event, _recipient):
        return chance.choice(tricks[event]) if chance.random() < 0.07 else None

    with ScriptedServer(script).running() as server:
        for minute in range(0, 7 * 60, 5):
            desk.deliver(smtp(server), MORNING + minute * MINUTE)
            agrees(desk, server, readers)

    states = agrees(desk, server, readers)
    assert set(states) <= {"sent", "refused", "doubt", "expired"}
    assert states["sent"] > 20
