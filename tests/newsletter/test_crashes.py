"""Senders that are killed, disks that fail, many desks at once: a little of what kill_loop.py does.

Nobody gets it twice, nobody is lost unnamed, and no more are in doubt than there are connections.
"""

from __future__ import annotations

import errno
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest

from newsletter.digest import deliver
from newsletter.post import Post, Server
from newsletter.transport.smtp import Smtp, SmtpSettings
from tests.newsletter import kill_loop, kill_servers, power_cuts, system_calls
from tests.newsletter.kill_loop import CONNECTIONS, READERS, WAYS
from tests.newsletter.mail_desk import MORNING, SECRETS, Desk
from tests.newsletter.transport.smtp_servers import ScriptedServer

WRONG = ("twice", "unnamed", "phantom", "missing", "failed_runs")


@pytest.fixture(scope="module")
def morning(tmp_path_factory):
    return kill_loop.prepared(tmp_path_factory.mktemp("morning"), planned=True)


def is_well(found):
    assert {name: found[name] for name in WRONG if found.get(name)} == {}


@pytest.mark.slow
@pytest.mark.parametrize("temper", ["plain", "taking"])
@pytest.mark.parametrize("way", WAYS)
def test_killed_again_and_again_it_sends_nothing_twice_and_names_what_it_does_not_know(
    morning, way, temper
):
    found = kill_loop.trial(morning, kill_loop.Plan(way, temper, nth=5, seed=1), run_s=0.1)

    is_well(found)
    assert found["kills"] >= 1
    assert found["worst"] <= CONNECTIONS


@pytest.mark.slow
@pytest.mark.parametrize("number", [4, 3])  # six desks; five, of which the first is killed
def test_desks_started_at_once_send_once(tmp_path, number):
    found = kill_loop.desks(kill_loop.prepared(tmp_path, planned=False), number)

    is_well(found)
    assert found["late"] == 0
    assert found["killed"] == number % 2
    assert found["sent"] + found["doubts"] == READERS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "nth", "problem", "stays"),
    [
        ("fdatasync", 3, errno.EIO, False),
        ("fdatasync", 9, errno.EIO, True),
        ("pwrite64", 30, errno.ENOSPC, True),
        ("pwrite64", 90, errno.ENOSPC, True),
        ("pwrite64", 61, errno.EIO, False),
    ],
)
def test_on_a_disk_that_fails_nothing_is_sent_without_a_claim_and_it_goes_on_when_it_is_well(
    morning, tmp_path, call, nth, problem, stays
):
    folder = kill_loop.copied(morning, tmp_path)
    with kill_servers.running("plain", folder / "taken", lambda _point: None) as port:
        fate = system_calls.at(call, nth, problem, and_later=stays)
        broken = system_calls.run(partial(kill_loop.send, folder, port, [0]), fate, call)
        assert broken.status == 1  # and not a word of success
        assert broken.calls[call] >= nth
        unclear = kill_loop.states(folder)["attempting"]
        took = kill_servers.taken(folder / "taken").total()
        assert took <= kill_loop.states(folder)["sent"] + unclear
        assert unclear <= CONNECTIONS
        kill_loop.forked(kill_loop.send, folder, port, [1]).join()

    found = kill_loop.judged(folder, folder / "taken")
    is_well(found)
    assert found["doubts"] <= unclear
    assert found["sent"] + found["doubts"] == READERS


@pytest.mark.slow
def test_after_a_power_cut_the_ledger_is_whole_and_knows_all_that_was_mailed(morning):
    found = power_cuts.cut(morning, every=17)

    is_well(found)
    assert found["wrong"] == []
    assert found["disks"] > found["moments"] // 17
    assert found["sent"] == READERS


#: What a server does to one reader's message, and what becomes of it; the others get theirs.
FAULTS = [
    ("rcpt", "421 4.7.0 busy", "deferred"),
    ("mail", "421 4.7.0 busy", "deferred"),
    ("dot", "421 4.3.0 going down", "deferred"),
    ("rcpt", "450 4.7.1 greylisted", "deferred"),
    ("data", "451 4.3.0 later", "deferred"),
    ("dot", "451 4.3.0 later", "deferred"),
    ("mail", "452 4.3.1 full", "deferred"),
    ("rcpt", "452 4.5.3 too many", "deferred"),
    ("rcpt", "550 5.1.1 unknown", "refused"),
    ("dot", "550 5.7.1 no", "refused"),
    ("rcpt", "552 5.2.2 full", "refused"),
    ("dot", "552 5.2.2 full", "refused"),
    ("rcpt", "554 5.7.1 no", "refused"),
    ("data", "554 5.5.1 no", "refused"),
    ("dot", "554 5.6.0 no", "refused"),
    ("mail", "drop", "deferred"),
    ("rcpt", "drop", "deferred"),
    ("data", "drop", "deferred"),
    ("body", "drop", "deferred or doubt"),  # whichever comes first, its end or the dot
    ("dot", "drop", "doubt"),
    ("dot", "take, drop", "doubt"),
    ("rcpt", "reset", "deferred"),
    ("body", "reset", "deferred or doubt"),
    ("dot", "reset", "doubt"),
    ("dot", "take, reset", "doubt"),
    ("dot", "late 0.25", "sent"),
    ("dot", "take, garbage", "doubt"),
    ("rcpt", "late 0.25", "sent"),
    ("data", "extra", "deferred"),
    ("dot", "extra", "sent"),
]


@pytest.mark.parametrize("extensions", [(), ("PIPELINING",)], ids=["bare", "pipelining"])
def test_each_fault_of_a_server_ends_in_its_right_state_and_costs_nobody_else(tmp_path, extensions):
    desk = Desk.open(tmp_path)
    desk.publish_some(3, MORNING)
    readers = desk.subscribe_many(3 * len(FAULTS))
    desk.plan()
    hit = {readers[3 * n]: fault for n, fault in enumerate(FAULTS)}  # never two in a row

    after = dict(zip(["", *readers], readers, strict=False))

    def script(event: str, recipient: str) -> str | None:
        whom = after.get(recipient) if event == "mail" else recipient  # the last one's, at MAIL
        at, action, _ = hit.get(whom, ("", None, ""))
        return action if event == at else None

    with ScriptedServer(script, extensions).running() as server:
        smtp = Smtp(SmtpSettings(host="127.0.0.1", port=server.port, hello="desk"))
        for _ in range(9):  # a run that trouble ended is taken up again
            desk.deliver(smtp, insist=True)
        states = state_of(desk)
        odd = {whom: states[whom] for whom, each in hit.items() if states[whom] not in each[2]}
        assert odd == {}
        assert {states[whom] for whom in set(readers) - set(hit)} == {"sent"}
        hit.clear()
        desk.deliver(smtp, MORNING + timedelta(minutes=2), insist=True)
        taken = Counter(whom for whom, _ in server.taken)

    assert set(taken.values()) == {1}
    assert desk.states().keys() == {"sent", "refused", "doubt"}
    desk.store.close()


def state_of(desk: Desk) -> dict[str, str]:
    rows = desk.store.db.execute(
        "SELECT address_key, d.state FROM deliveries d JOIN subscribers s ON s.id = subscriber_id"
    )
    return dict(rows.fetchall())


class Clock:
    """A machine's clock, which may be wrong."""

    def __init__(self) -> None:
        self.right, self.error = MORNING, timedelta()

    def __call__(self) -> datetime:
        return self.right + self.error


@pytest.mark.parametrize("hours", [3, -3, 24, -24])
def test_a_clock_that_is_stepped_in_the_middle_of_a_run_sends_nothing_twice(tmp_path, hours):
    desk, clock = Desk.open(tmp_path), Clock()
    desk.publish_some(3, MORNING)
    readers = desk.subscribe_many(12)
    faults = {("rcpt", readers[2]): "451 later", ("dot", readers[7]): "take, drop"}

    def script(event: str, recipient: str) -> str | None:
        if (event, recipient) == ("mail", readers[4]):
            clock.error = timedelta(hours=hours)
        return faults.get((event, recipient)) or faults.get((event, "*"))

    with ScriptedServer(script).running() as server:
        smtp = Smtp(SmtpSettings(host="127.0.0.1", port=server.port, hello="desk"))
        post = Post(servers=(Server(transport=smtp, name="relay"),))
        for number in (*range(12), *range(12, 6 * 60, 6)):
            clock.right = MORNING + number * timedelta(minutes=1)
            if number == 2:
                faults["connect", "*"] = "421 4.3.2 closing"  # and while it is wrong, it closes
            if number == 10:
                faults.clear()
                clock.error = timedelta()
            desk.plan(clock())
            deliver(desk.ledger, post, desk.newsletter, SECRETS, clock)
        taken = Counter(whom for whom, _ in server.taken)

    states = desk.states()
    assert max(taken.values()) == 1
    assert taken.total() == states["sent"] + states["doubt"]
    if hours == 24:  # past its deadline what waited is ended; the next digest tells it
        assert states == {"sent": 10, "doubt": 1, "expired": 1}
    else:
        assert states == {"sent": 11, "doubt": 1}
    desk.store.close()
