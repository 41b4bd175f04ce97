"""The ledger's statements do on PostgreSQL what they do on SQLite."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from articles.store import stamp
from newsletter import digest, subscribers
from newsletter.journal import Journal, Line
from newsletter.ledger import Ledger
from newsletter.post import Post, Server
from newsletter.transport.smtp import Smtp, SmtpSettings
from tests.newsletter.ledger import postgresql
from tests.newsletter.mail_desk import MORNING, NEWSLETTER, SECRETS, TABLE, Desk
from tests.newsletter.transport.smtp_servers import ScriptedServer

pytestmark = pytest.mark.slow

LEDGER = Path(__file__).parents[3] / "newsletter" / "ledger"
DAY = MORNING.date()
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def server():
    with postgresql.cluster() as how:
        yield how


@pytest.fixture
def desk(tmp_path):
    desk = Desk.open(tmp_path)
    desk.publish_some(3, MORNING)
    desk.subscribe_many(8)
    desk.subscribe("weekend@example.org", days="sat,sun")
    yield desk
    desk.store.close()


@pytest.fixture
def both(desk, server):
    """The ledger on SQLite, and one on PostgreSQL with the same subscribers."""
    with postgresql.connected(server, desk.store.db) as other:
        postgresql.copied(desk.store.db, other, "subscribers", "suppressions", "mail_commits")
        yield Both(desk.ledger, OnPostgreSQL(other))


class OnPostgreSQL(Ledger):
    """There is no file that something could lie beside."""

    def _journal(self) -> None:
        return None


class Both:
    """Asks two ledgers the same, and wants the same answer."""

    def __init__(self, ours: Ledger, theirs: Ledger) -> None:
        self.ours, self.theirs = ours, theirs

    def __getattr__(self, name: str) -> Callable:
        def asked(*arguments, **options):
            before = copy(arguments[2]) if name == "plan" else None  # what it adds to
            mine = getattr(self.ours, name)(*arguments, **options)
            if name == "plan":
                arguments = (*arguments[:2], before)
            assert mine == getattr(self.theirs, name)(*arguments, **options), name
            return mine

        return asked

    def agree(self) -> None:
        """Whether the tables hold the same."""
        for table in postgresql.TABLES:
            mine, theirs = (
                sorted(each.db.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
                for each in (self.ours, self.theirs)
            )
            assert mine == theirs, table


def test_days_go_the_same_way_on_both_and_every_statement_is_run(desk, both, tmp_path):
    faults = {
        ("rcpt", "reader0001@example.org"): "550 5.1.1 unknown",
        ("dot", "reader0002@example.org"): "451 4.3.0 later",
        ("dot", "reader0003@example.org"): "take, drop",
    }
    with ScriptedServer(lambda *where: faults.get(where)).running() as server:
        smtp = Smtp(SmtpSettings(host="127.0.0.1", port=server.port, hello="desk"))
        post = Post(servers=(Server(transport=smtp, name="relay", warm_up=(6, 1000)),))

        assert plan(desk, both, MORNING).planned == 9
        assert sent(both, post, MORNING) == {"sent": 3, "deferred": 1, "doubt": 1, "refused": 1}
        both.agree()

        faults.clear()
        post = Post(servers=(replace(post.servers[0], warm_up=()),))
        assert sent(both, post, MORNING + 2 * MINUTE) == {"sent": 4}
        faults["connect", ""] = "421 4.3.2 closing"
        operate(desk, both)
        assert sent(both, post, MORNING + 3 * MINUTE) == {}
        assert both.trouble("relay").failures == 1
        faults.clear()

        tomorrow = MORNING + timedelta(days=1)
        desk.publish("A bridge is opened", tomorrow - timedelta(hours=2), "Chile")
        assert plan(desk, both, tomorrow).planned == 8  # one wants it on Sundays
        first, *_, last = both.ready(tomorrow)
        both.attempt(first.delivery, tomorrow, "relay")  # a run that died there
        assert both.ready(tomorrow, after=last) == ()
        complain(both, last.subscriber, tomorrow)
        found = {"doubt": 1, "sent": 6, "cancelled": 1, "expired": 1}
        assert sent(both, post, tomorrow) == found
        assert both.counts(tomorrow.date()) == {"cancelled": 1, "doubt": 1, "sent": 6}

        restore(desk, both, tmp_path)
    assert both.expire(tomorrow + timedelta(days=9)) == 0
    both.forget(tomorrow.date())
    both.agree()
    assert not_run(both.theirs.db.conn.ran) == []


def plan(desk, both, now):
    return digest.plan(desk.store, both, NEWSLETTER, TABLE, SECRETS, now)


def sent(both, post, now):
    done = digest.deliver(both, post, NEWSLETTER, SECRETS, lambda: now, insist=True)
    return {state: done[state] for state in done.counts}


def operate(desk, both):
    """What an operator asks and does."""
    ((delivery, recipient),) = both.doubts()
    assert recipient == "reader0003@example.org"
    assert both.settle(delivery, "planned", "the operator said: resend", MORNING)
    reader = subscribers.find(desk.store.db, recipient)
    ((_, steps),) = both.history(reader)
    assert [each.state for each in steps] == ["planned", "attempting", "doubt", "planned"]
    assert both.has_sent_to(1)
    assert not both.has_sent_to(50)
    assert [each.address for each in both.outlook(MORNING)] == [recipient]
    both.pause("the lawyers are reading", MORNING)
    assert both.paused().reason == "the lawyers are reading"
    assert both.resume()
    assert both.given("relay", DAY) == (0, 9)
    assert len(both.told_numbers()) == 3
    assert len(both.told_by(1)) == 3


def complain(both, reader, now):
    for each in (both.ours, both.theirs):
        each.db.execute(
            """
            INSERT INTO suppressions (address_hash, reason, at)
            SELECT address_hash, 'complaint', ? FROM subscribers WHERE id = ?
            """,
            (stamp(now), reader.id),
        )


def restore(desk, both, tmp_path):
    """The day after tomorrow the store was put back, with and without a journal."""
    now = MORNING + timedelta(days=2)
    desk.publish("A harbour is dredged", now - timedelta(hours=2), "Peru")
    assert plan(desk, both, now).planned == 8
    first = both.ready(now)[0].delivery.message_id
    journal = Journal(tmp_path / "another.db")
    journal.note([Line(1000, stamp(now), first)])
    both._fence(journal, 0, now)
    assert both.catch_up(now) == 1
    assert len(both.doubts()) == 2
    assert both.restored().messages == 1
    assert both.say_restored(now, now + MINUTE) == 7
    assert not both.restored().is_named


def not_run(ran: set[str]) -> list[str]:
    """Statements of the ledger that are not among these."""
    known = {" ".join(each.split()) for each in ran}
    return [each for each in sorted(statements()) if not any(one.startswith(each) for one in known)]


def statements() -> Iterator[str]:
    """What stands in the ledger's modules as SQL, up to the first part that is put in."""
    for path in LEDGER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE) ", text):
                yield " ".join(text.partition("{")[0].split())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deliveries SET state = 'sent'",  # from planned: nobody was asked
        """
        INSERT INTO deliveries (subscriber_id, day, edition_id, state, message_id, dated_at,
                                next_at, deadline_at, changed_at)
        SELECT subscriber_id, day, edition_id, 'planned', 'other', dated_at, next_at, deadline_at,
               changed_at FROM deliveries
        """,
        "UPDATE deliveries SET edition_id = NULL",
    ],
)
def test_the_rules_hold_there_too(desk, both, statement):
    plan(desk, both, MORNING)

    with pytest.raises(psycopg.Error):
        both.theirs.db.execute(statement)
