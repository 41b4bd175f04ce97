"""A program that kills senders, thousands of times: --kills N --log FILE; resumable. Or --desks N.

Each trial plans a morning for some readers over several connections, kills the sender with SIGKILL
at a random moment or where the server is at a given point of a message, several times, lets the
last one finish, and compares the ledger with what the server took. One line of JSON a trial is
appended to the log; a second start with the same log goes on counting. Senders are forked, so that
a kill costs a fraction of a second. The last line printed sums up everything in the log.

With --desks it starts two to eight desks at once instead, so many times.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from articles import lock
from newsletter.post import Post, Server
from newsletter.transport.smtp import Smtp, SmtpSettings
from tests.newsletter.mail_desk import MORNING, Desk
from tests.newsletter.transport.smtp_servers import ScriptedServer

READERS = 60
CONNECTIONS = 8
KILLS_A_TRIAL = 6
INSTANTS = ("connect", "mail", "rcpt", "data", "body", "dot", "told", "time", "time", "time")

forking = multiprocessing.get_context("fork")


@dataclass
class Shared:
    """What the server's process is told: whom to kill, where, after how many times."""

    pid = forking.Value("i", 0)
    skip = forking.Value("i", 0)
    instant = forking.Value("i", 0)
    port = forking.Value("i", 0)


def serve(shared: Shared, log: Path, ending: object) -> None:
    server = ScriptedServer(extensions=("PIPELINING",))

    def hit(event: str) -> None:
        with shared.skip.get_lock():
            if shared.pid.value and INSTANTS[shared.instant.value] == event:
                shared.skip.value -= 1
                if shared.skip.value < 0:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(shared.pid.value, signal.SIGKILL)
                    shared.pid.value = 0

    def took(recipient: str) -> None:
        with log.open("a") as file:
            file.write(f"{recipient}\n")
        hit("told")

    server.script = lambda event, _recipient: hit(event)
    server.on_taken = took
    with server.running():
        shared.port.value = server.port
        ending.wait()


def send(folder: Path, port: int) -> None:
    desk = Desk.open(folder, create=False)
    smtp = Smtp(SmtpSettings(host="127.0.0.1", port=port, hello="desk"))
    desk.deliver(Post(servers=(Server(transport=smtp, connections=CONNECTIONS),)), insist=True)
    desk.store.close()


def trial(template: Path, seed: int) -> dict[str, int]:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in template.glob("store.db*"):
            shutil.copy(path, folder)
        log, shared, ending = folder / "taken", Shared(), forking.Event()
        log.touch()
        server = forking.Process(target=serve, args=(shared, log, ending))
        server.start()
        while not shared.port.value:
            time.sleep(0.001)
        kills = sum(killed(folder, shared, chance) for _ in range(KILLS_A_TRIAL))
        worst = in_doubt(folder)
        last = forking.Process(target=send, args=(folder, shared.port.value))
        last.start()
        last.join()
        ending.set()
        server.join()
        return {"seed": seed, "kills": kills, "worst": worst, "failed": last.exitcode} | judged(
            folder, log
        )


def desks(template: Path, number: int) -> dict[str, int]:
    """Two to eight desks at once, and then one more, which finds nothing left to do."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in template.glob("store.db*"):
            shutil.copy(path, folder)
        log, shared, ending = folder / "taken", Shared(), forking.Event()
        log.touch()
        server = forking.Process(target=serve, args=(shared, log, ending))
        server.start()
        while not shared.port.value:
            time.sleep(0.001)
        for count in (2 + number % 7, 1):
            several = [
                forking.Process(target=hold_and_send, args=(folder, shared.port.value))
                for _ in range(count)
            ]
            for each in several:
                each.start()
            for each in several:
                each.join()
        ending.set()
        server.join()
        return judged(folder, log)


def hold_and_send(folder: Path, port: int) -> None:
    with contextlib.suppress(lock.HeldError), lock.hold(folder / "desk.lock", "one of many"):
        send(folder, port)


def killed(folder: Path, shared: Shared, chance: random.Random) -> bool:
    instant = chance.randrange(len(INSTANTS))
    shared.instant.value, shared.skip.value = instant, chance.randrange(12)
    process = forking.Process(target=send, args=(folder, shared.port.value))
    process.start()
    shared.pid.value = process.pid or 0
    if INSTANTS[instant] == "time":
        process.join(chance.uniform(0, 0.25))
        if process.is_alive():
            process.kill()
    process.join()
    shared.pid.value = 0
    return process.exitcode == -signal.SIGKILL


def in_doubt(folder: Path) -> int:
    """The most claims without an outcome: those of the last kill, before anybody settles them."""
    desk = Desk.open(folder, create=False)
    found = desk.states().get("attempting", 0)
    desk.store.close()
    return found


def judged(folder: Path, log: Path) -> dict[str, int]:
    desk = Desk.open(folder, create=False)
    taken = Counter(log.read_text().split())
    rows = desk.store.db.execute(
        "SELECT address_key, d.state FROM deliveries d JOIN subscribers s ON s.id = subscriber_id"
    )
    states = dict(rows.fetchall())
    desk.store.close()
    return {
        "twice": sum(count > 1 for count in taken.values()),
        "unnamed": sum(state == "sent" and not taken[who] for who, state in states.items()),
        "phantom": sum(bool(taken[who]) for who, s in states.items() if s not in ("sent", "doubt")),
        "missing": READERS - len(states),
        "doubts": sum(state == "doubt" for state in states.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--log", type=Path, default=Path("kills.jsonl"))
    parser.add_argument("--desks", type=int, default=0)
    chosen = parser.parse_args()
    lines = chosen.log.read_text().splitlines() if chosen.log.exists() else []
    trials = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as name:
        desk = Desk.open(Path(name))
        desk.publish_some(3, MORNING)
        desk.subscribe_many(READERS)
        desk.plan()
        desk.store.close()
        if chosen.desks:
            found = [desks(Path(name), number) for number in range(chosen.desks)]
            summed = {key: sum(each[key] for each in found) for key in found[0]}
            sys.stdout.write(json.dumps({"starts": len(found)} | summed) + "\n")
            return
        while sum(each["kills"] for each in trials) < chosen.kills:
            trials.append(trial(Path(name), len(trials)))
            with chosen.log.open("a") as file:
                file.write(json.dumps(trials[-1]) + "\n")
    keys = ("kills", "twice", "unnamed", "phantom", "missing", "doubts")
    summed = {key: sum(each[key] for each in trials) for key in keys}
    summed["most_open_at_once"] = max(each["worst"] for each in trials)
    summed["failed_runs"] = sum(bool(each["failed"]) for each in trials)
    sys.stdout.write(json.dumps({"trials": len(trials)} | summed) + "\n")


if __name__ == "__main__":
    main()
