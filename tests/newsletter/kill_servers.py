"""Mail servers of different tempers for the kill loop: in a process of their own, with a log.

The log is the truth: an address is in it before its message's 250 leaves. Besides our own server
any other may be asked that takes the same faults: the program of `--server`, which is started with
--port, --log and --rules (a JSON file) and prints "listening on HOST PORT".
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.newsletter.system_calls import forking
from tests.newsletter.transport.smtp_servers import ScriptedServer


class Fault(NamedTuple):
    """Every n-th time of an event; the action is one of ScriptedServer's."""

    event: str
    every: int
    action: str


#: What sort of server a trial has. None of them lies: then nobody could be right.
TEMPERS: dict[str, tuple[Fault, ...]] = {
    "plain": (),
    "slow": (Fault("dot", 1, "late 0.02"),),
    "late": (Fault("dot", 15, "late 0.25"),),
    "greylisting": (Fault("rcpt", 3, "450 4.7.1 later"),),
    "busy": (Fault("mail", 17, "421 4.7.0 busy"), Fault("data", 13, "451 4.3.0 later")),
    "full": (Fault("mail", 19, "452 4.3.1 full"), Fault("dot", 9, "552 5.2.2 full")),
    "refusing": (Fault("rcpt", 9, "550 5.1.1 unknown"), Fault("dot", 11, "554 5.7.1 no")),
    "dropping": (Fault("body", 14, "drop"), Fault("dot", 12, "drop")),
    "resetting": (Fault("rcpt", 14, "reset"), Fault("dot", 12, "reset")),
    "taking": (Fault("dot", 11, "take, drop"), Fault("dot", 13, "take, reset")),
    "babbling": (Fault("dot", 10, "take, garbage"), Fault("rcpt", 12, "extra")),
}

#: The same actions in the words of the other server.
_OTHER = {
    "drop": "drop",
    "reset": "rst",
    "take, drop": "accept_drop",
    "take, reset": "accept_rst",
    "take, garbage": "accept_garbage",
    "extra": "extra",
}


@contextmanager
def running(
    temper: str, log: Path, hit: Callable[[str], None], other: Path | None = None
) -> Iterator[int]:
    """A server, and its port. `hit` is told, in the server's process, how far a message is."""
    log.touch()
    with _other(temper, log, other) if other else _ours(temper, log, hit) as port:
        yield port


def taken(log: Path) -> Counter[str]:
    """How often each address's message was taken."""
    found: Counter[str] = Counter()
    for line in log.read_text().splitlines():
        said = json.loads(line) if line.startswith("{") else {"ev": "accepted", "rcpt": line}
        if said["ev"] == "accepted":
            found[said["rcpt"]] += 1
    return found


@contextmanager
def _ours(temper: str, log: Path, hit: Callable[[str], None]) -> Iterator[int]:
    port, ending = forking.Value("i", 0), forking.Event()
    began = forking.Event()

    def serve() -> None:
        # A client is stopped at each call for as long as it takes to look at its disk.
        server = ScriptedServer(extensions=("PIPELINING", "SIZE 10000000"), patience_s=60)
        counts: Counter[Fault] = Counter()

        def script(event: str, _recipient: str) -> str | None:
            hit(event)
            for fault in TEMPERS[temper]:
                counts[fault] += fault.event == event
                if fault.event == event and counts[fault] % fault.every == 0:
                    return fault.action
            return None

        def took(recipient: str) -> None:
            with log.open("a") as file:
                file.write(f"{recipient}\n")
            hit("told")

        server.script, server.on_taken = script, took
        with server.running():
            port.value = server.port
            began.set()
            ending.wait()

    process = forking.Process(target=serve)
    process.start()
    began.wait()
    try:
        yield port.value
    finally:
        ending.set()
        process.join()


@contextmanager
def _other(temper: str, log: Path, program: Path) -> Iterator[int]:
    rules = log.with_suffix(".rules")
    rules.write_text(json.dumps([_rule(each) for each in TEMPERS[temper]]))
    process = subprocess.Popen(
        [sys.executable, program, "--port", "0", "--log", log, "--rules", rules],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process.stdout:
        try:
            yield int(process.stdout.readline().split()[-1])
        finally:
            process.terminate()
            process.wait()


def _rule(fault: Fault) -> dict[str, object]:
    rule: dict[str, object] = {"at": fault.event, "every": fault.every}
    if reply := re.match(r"(\d{3}) (.*)", fault.action):
        return rule | {"do": "reply", "code": int(reply[1]), "text": reply[2]}
    if fault.action.startswith("late"):
        return rule | {"do": "stall", "seconds": float(fault.action.split()[1])}
    return rule | {"do": _OTHER[fault.action]}
