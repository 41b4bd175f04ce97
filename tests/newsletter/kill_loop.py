"""A program that kills senders, thousands of times: --kills N --log FILE; resumable.

A trial plans a morning for some readers and sends it over several connections. The sender is killed
with SIGKILL some times, each in one way: on entry to its n-th fdatasync, or its n-th sendto or
sendmsg (another n in each trial, until all were), where the server is at a given point of a
message, or at a random moment. After the last kill senders run
until nothing waits, and the ledger is compared with what the server took. Ways and tempers of
servers take turns.

One line of JSON a trial is appended to the log; a second start with the same log goes on. The last
line printed sums up everything in the log.

With --sweep it kills once a trial, and leaves no call out: at the first, second, ... fdatasync, and
sendto or sendmsg, of a whole morning with its planning, before each sort of server, until a run
comes to its end without having made that many.

With --desks it starts two to eight desks at once instead, so many times; in every other trial the
first of them is killed, and another takes over.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from articles import lock
from newsletter.post import Post, Server
from newsletter.transport.smtp import Smtp, SmtpSettings
from tests.newsletter import kill_servers, system_calls
from tests.newsletter.mail_desk import MORNING, Desk
from tests.newsletter.system_calls import forking

READERS = 24
CONNECTIONS = 8
KILLS_A_TRIAL = 6

WAYS = ("fdatasync", "send", "point", "moment")

#: About so many of them a whole run makes.
CALLS = {"fdatasync": 17, "send": 90}

#: How far n goes from one turn to the next: it has no factor in common with the numbers above, so
#: that every n has its turn, and early ones are spread over the whole run.
STRIDE = 7

#: Of a message, as the server sees it; "told": it is taken, the 250 not yet said.
POINTS = ("connect", "mail", "rcpt", "data", "body", "dot", "told")

#: After the kills: past every wait, and past the deadline.
LATER_MINUTES = (20, 30, 60, 130, 200, 270, 340, 361)

Trial = dict[str, int | str]


class Trap:
    """What the server's process is told: whom to kill, at which point, after how many times."""

    def __init__(self) -> None:
        self.pid, self.skip, self.point = (forking.Value("i", 0) for _ in range(3))

    def set(self, pid: int, point: str, skip: int) -> None:
        with self.skip.get_lock():
            self.point.value, self.skip.value, self.pid.value = POINTS.index(point), skip, pid

    def hit(self, point: str) -> None:
        """In the server's process: a message is at this point."""
        with self.skip.get_lock():
            if self.pid.value and POINTS[self.point.value] == point:
                self.skip.value -= 1
                if self.skip.value < 0:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(self.pid.value, signal.SIGKILL)
                    self.pid.value = 0


class Plan(NamedTuple):
    """What a trial does."""

    way: str
    temper: str
    nth: int
    seed: int


def next_plans(before: Sequence[Trial], count: int) -> list[Plan]:
    """What comes after these: every way with every temper in turn."""
    return [_plan(len(before) + n) for n in range(count)]


def _plan(seed: int) -> Plan:
    tempers = tuple(kill_servers.TEMPERS)
    way, temper = WAYS[seed % len(WAYS)], tempers[seed // len(WAYS) % len(tempers)]
    turn = seed // (len(WAYS) * len(tempers))
    nth = 1 + (STRIDE * turn + len(tempers) * tempers.index(temper)) % CALLS.get(way, READERS)
    return Plan(way, temper, nth, seed)


def sweep_plans(trials: Sequence[Trial]) -> list[Plan]:
    """The next call of each sort before each sort of server, but where all were reached."""
    ended = {(each["way"], each["temper"]) for each in trials if not each["kills"]}
    done = Counter((each["way"], each["temper"]) for each in trials)
    return [
        Plan(way, temper, 1 + done[way, temper], done[way, temper])
        for way in CALLS
        for temper in kill_servers.TEMPERS
        if (way, temper) not in ended
    ]


def trial(
    morning: Path,
    plan: Plan,
    run_s: float,
    other: Path | None = None,
    kills_max: int = KILLS_A_TRIAL,
) -> Trial:
    """One trial, and what was found. A run in which nobody is killed takes about `run_s`."""
    chance, trap = random.Random(plan.seed), Trap()
    with tempfile.TemporaryDirectory() as name:
        folder = copied(morning, Path(name))
        log, kills, worst = folder / "taken", 0, 0
        with kill_servers.running(plan.temper, log, trap.hit, other) as port:
            for run in range(kills_max):
                work = partial(send, folder, port, [2 * run])
                kill = Kill(plan.way, plan.nth, chance.choice(POINTS), chance.uniform(0, run_s))
                if not kill.done_to(work, trap):
                    break
                kills += 1
                worst = max(worst, states(folder)["attempting"])
            last = forked(send, folder, port, LATER_MINUTES)
            last.join()
        found = judged(folder, log)
    failed = int(last.exitcode != 0)
    return plan._asdict() | {"kills": kills, "worst": worst, "failed_runs": failed} | found


class Kill(NamedTuple):
    """How a sender dies: only that of the first that `way` names counts."""

    way: str
    nth: int
    point: str
    after_s: float

    def done_to(self, work: Callable[[], None], trap: Trap) -> bool:
        """Run a sender and kill it; False when it had ended before."""
        if self.way in system_calls.NUMBERS:
            return system_calls.run(work, system_calls.at(self.way, self.nth), self.way).killed
        process = forked(work)
        if self.way == "point":
            trap.set(process.pid or 0, self.point, self.nth % READERS)
        else:
            process.join(self.after_s)
            process.kill()
        process.join()
        trap.set(0, POINTS[0], 0)
        return process.exitcode == -signal.SIGKILL


def forked(work: Callable[..., None], *arguments: object) -> BaseProcess:
    process = forking.Process(target=work, args=arguments)
    process.start()
    return process


def send(folder: Path, port: int, minutes: Sequence[int]) -> None:
    """What a desk does, so many minutes past its morning."""
    desk = Desk.open(folder, create=False)
    desk.plan()
    smtp = Smtp(SmtpSettings(host="127.0.0.1", port=port, hello="desk"))
    post = Post(servers=(Server(transport=smtp, connections=CONNECTIONS),))
    for each in minutes:
        desk.deliver(post, MORNING + timedelta(minutes=each), insist=True)
    desk.store.close()


def desks(morning: Path, number: int) -> Trial:
    """Two to eight desks at once plan and send, and then one more, which finds nothing to do."""
    trap = Trap()
    with tempfile.TemporaryDirectory() as name:
        folder = copied(morning, Path(name))
        log, held = folder / "taken", folder / "desk.lock"
        with kill_servers.running("plain", log, trap.hit) as port:
            several = [forked(hold_and_send, folder, port) for _ in range(2 + number % 7)]
            while number % 2 and not (held.exists() and held.read_text()):
                time.sleep(0.001)
            if number % 2:
                trap.set(int(held.read_text().split()[-1]), "told", number % READERS)
            for each in several:
                each.join()
            took = kill_servers.taken(log)
            several.append(forked(hold_and_send, folder, port))
            several[-1].join()
        killed = sum(each.exitcode == -signal.SIGKILL for each in several)
        return {
            "desks": len(several),
            "killed": killed,
            "failed_runs": sum(each.exitcode != 0 for each in several) - killed,
            "late": (kill_servers.taken(log) - took).total(),
        } | judged(folder, log)


def hold_and_send(folder: Path, port: int) -> None:
    """A desk that is started again until it has had its turn."""
    while True:
        with contextlib.suppress(lock.HeldError), lock.hold(folder / "desk.lock", "one of many"):
            return send(folder, port, [0])
        time.sleep(0.002)


def copied(template: Path, folder: Path) -> Path:
    for path in template.glob("store.db*"):
        shutil.copy(path, folder)
    return folder


def states(folder: Path) -> Counter[str]:
    with contextlib.closing(sqlite3.connect(folder / "store.db")) as db:
        return Counter(state for (state,) in db.execute("SELECT state FROM deliveries"))


def judged(folder: Path, log: Path) -> Trial:
    """What is wrong, one number each; `doubts` are not."""
    took, counts = kill_servers.taken(log), states(folder)
    with contextlib.closing(sqlite3.connect(folder / "store.db")) as db:
        rows = db.execute(
            """
            SELECT address_key, d.state
            FROM deliveries d JOIN subscribers s ON s.id = subscriber_id
            """
        )
        state = dict(rows.fetchall())
    settled = ("sent", "refused", "doubt", "expired")
    return {
        "twice": sum(count > 1 for count in took.values()),
        "unnamed": sum(each == "sent" and not took[who] for who, each in state.items()),
        "phantom": sum(bool(took[who]) for who, s in state.items() if s not in ("sent", "doubt")),
        "missing": READERS - sum(counts[each] for each in settled),
        "doubts": counts["doubt"],
        "sent": counts["sent"],
    }


def prepared(folder: Path, *, planned: bool) -> Path:
    """A morning, to be copied."""
    desk = Desk.open(folder)
    desk.publish_some(3, MORNING)
    desk.subscribe_many(READERS)
    if planned:
        desk.plan()
    desk.store.close()
    return folder


def whole_run_s(morning: Path) -> float:
    """How long it takes when nobody is killed, here and now."""
    with tempfile.TemporaryDirectory() as name:
        folder = copied(morning, Path(name))
        with kill_servers.running("plain", folder / "taken", lambda _point: None) as port:
            began = time.monotonic()
            forked(send, folder, port, [0]).join()
            return time.monotonic() - began


def summed(trials: Sequence[Trial]) -> dict[str, int]:
    whole = {"trials": len(trials)}
    for key, value in trials[0].items():
        numbers = [each[key] for each in trials]
        if key in ("worst", "nth", "seed"):
            whole[f"{key}_max"] = max(numbers)
        elif isinstance(value, int):
            whole[key] = sum(numbers)
    return whole


def killing(morning: Path, trials: list[Trial], chosen: argparse.Namespace) -> None:
    """Add trials until there are so many kills; each is in the log as soon as it is done."""
    work = partial(trial, morning, run_s=whole_run_s(morning), other=chosen.server)
    with ProcessPoolExecutor(chosen.jobs, forking) as pool, chosen.log.open("a") as log:
        while sum(each["kills"] for each in trials) < chosen.kills:
            for found in pool.map(work, next_plans(trials, len(WAYS) * chosen.jobs)):
                trials.append(found)
                log.write(json.dumps(found) + "\n")
                log.flush()


def sweeping(morning: Path, trials: list[Trial], chosen: argparse.Namespace) -> None:
    """Add trials until every call of a run was the last one once."""
    work = partial(trial, morning, run_s=0, other=chosen.server, kills_max=1)
    with ProcessPoolExecutor(chosen.jobs, forking) as pool, chosen.log.open("a") as log:
        while plans := sweep_plans(trials):
            for found in pool.map(work, plans):
                trials.append(found)
                log.write(json.dumps(found) + "\n")
                log.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--log", type=Path, default=Path("kills.jsonl"))
    parser.add_argument("--sweep", action="store_true", help="once at every call of a run")
    parser.add_argument("--desks", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="trials at once")
    parser.add_argument("--server", type=Path, help="another server's program, in place of ours")
    chosen = parser.parse_args()
    lines = chosen.log.read_text().splitlines() if chosen.log.exists() else []
    trials: list[Trial] = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as name:
        morning = prepared(Path(name), planned=not (chosen.desks or chosen.sweep))
        if chosen.desks:
            trials = [desks(morning, number) for number in range(chosen.desks)]
        elif chosen.sweep:
            sweeping(morning, trials, chosen)
        else:
            killing(morning, trials, chosen)
    sys.stdout.write(json.dumps(summed(trials)) + "\n")


if __name__ == "__main__":
    main()
