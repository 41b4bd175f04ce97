"""Lines of a Postfix log or queue and Message-IDs in, which of them were taken out. Pure.

Postfix's cleanup notes a Message-ID when it reads the header, before the final dot; that a message
was taken only qmgr's "(queue active)" for the same queue id says, or what was done with it later.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_LINE = re.compile(r"postfix[\w./-]*/(\w+)\[\d+\]: ([0-9A-Za-z]{6,20}): (.*)")
_MESSAGE_ID = re.compile(r"message-id=(<[^>]+>)")

#: What only a message that was taken goes through.
_TAKEN = re.compile(r"\(queue active\)|\bstatus=(sent|deferred|bounced|expired)\b|^removed")


def taken(lines: Iterable[str], message_ids: Collection[str]) -> dict[str, bool]:
    """Whether Postfix took each of these messages; those that its log does not name are left out.

    A message that was named and never became active was given up before its final dot.
    """
    wanted, names = set(message_ids), {}
    found: dict[str, bool] = {}
    for line in lines:
        match = _LINE.search(line)
        if match is None:
            continue
        _, queue_id, words = match.groups()
        if (named := _MESSAGE_ID.search(words)) and named[1] in wanted:
            names[queue_id] = named[1]
            found.setdefault(named[1], False)
        elif queue_id in names and _TAKEN.search(words):
            found[names[queue_id]] = True
    return found
