"""Lines of a Postfix log, or of its queue, in, which messages it took out. Pure.

The log: Postfix's cleanup notes a Message-ID when it reads the header, before the final dot; that a
message was taken only qmgr's "(queue active)" for the same queue id says, or what was done with it
later. The queue, as `postqueue -j` prints it, has no Message-IDs, but whose each message is: what
lies there was taken. Both may stand in one file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_LINE = re.compile(r"postfix[\w./-]*/(\w+)\[\d+\]: ([0-9A-Za-z]{6,20}): (.*)")
_MESSAGE_ID = re.compile(r"message-id=(<[^>]+>)")

#: What only a message that was taken goes through.
_TAKEN = re.compile(r"\(queue active\)|\bstatus=(sent|deferred|bounced|expired)\b|^removed")


@dataclass(frozen=True, slots=True)
class Queued:
    """A message that lies in the queue."""

    sender: str
    recipients: tuple[str, ...]
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a log and a queue say."""

    taken: dict[str, bool]  # Message-ID -> whether it was taken; those that nobody names are not in
    queued: tuple[Queued, ...]


def read(lines: Iterable[str], message_ids: Collection[str]) -> Evidence:
    """What these lines say of these messages.

    A message that the log names and that never became active was given up before its final dot.
    """
    wanted, names = set(message_ids), {}
    taken: dict[str, bool] = {}
    queued = []
    for line in lines:
        if line.startswith("{"):
            if entry := _queued(line):
                queued.append(entry)
            continue
        match = _LINE.search(line)
        if match is None:
            continue
        _, queue_id, words = match.groups()
        if (named := _MESSAGE_ID.search(words)) and named[1] in wanted:
            names[queue_id] = named[1]
            taken.setdefault(named[1], False)
        elif queue_id in names and _TAKEN.search(words):
            taken[names[queue_id]] = True
    return Evidence(taken, tuple(queued))


def _queued(line: str) -> Queued | None:
    """An entry of the queue; None where it is none, or of another program."""
    try:
        said = json.loads(line)
        return Queued(
            sender=str(said["sender"]),
            recipients=tuple(str(each["address"]) for each in said["recipients"]),
            arrived_at=datetime.fromtimestamp(said["arrival_time"], UTC),
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
