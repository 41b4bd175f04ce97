"""The bytes of a request in, the answer out, if it is one whole poll for something public. Memory.

The short way from the connection to `Front.answer`. A program polls in the same words each time,
and so do all who use it: words that were answered with 304 before are not read again, they get the
same 304 as long as the same version stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from newsdesk.web.crowd import bucket_of
from newsdesk.web.documents import Document
from newsdesk.web.front import Front, too_many
from newsdesk.web.messages import Answer, Ask

#: Requests remembered, 1 kB each; when there are more, all are forgotten.
REMEMBERED_MAX = 8_192

#: A poll is a few hundred bytes; who sends more is not remembered.
REMEMBERED_BYTES_MAX = 1_024

#: One request, whole, of the plainest kind. What does not match is not wrong, but h11's to judge:
#: folded or controlled fields, another method, another form of target, several requests at once.
_POLL = re.compile(
    rb"(GET|HEAD) (/[!-~]*) HTTP/1\.([01])\r\n"
    rb"((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\r\n)*)\r\n"
)

#: With one of these there is more to a request than its head.
_MORE = frozenset({b"content-length", b"transfer-encoding", b"upgrade", b"expect"})


@dataclass(frozen=True, slots=True)
class Poll:
    """An answer, and whether the connection stays open for the next request."""

    answer: Answer
    keep: bool


@dataclass(frozen=True, slots=True)
class _Remembered:
    path: str
    document: Document
    client: str | None  # None: whoever is at the other end of the connection
    poll: Poll


class Polls:
    """All that polled one server."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._remembered: dict[bytes, _Remembered] = {}

    def answer(self, data: bytes, client: str, now: float) -> Poll | None:
        """The answer to `data` from `client`; None where it has to be read by others."""
        before = self._remembered.get(data)
        if before is not None:
            front = self._front
            if front.library.document(before.path, now) is before.document:
                who = bucket_of(client) if before.client is None else before.client
                wait_s = front.crowd.take(who, before.poll.answer.cost, now)
                return Poll(too_many(wait_s), before.poll.keep) if wait_s else before.poll
            del self._remembered[data]
        return self._read(data, client, now)

    def _read(self, data: bytes, client: str, now: float) -> Poll | None:
        match = _POLL.fullmatch(data)
        if match is None:
            return None
        fields = _fields(match[4])
        if fields is None or (match[3] == b"1" and b"host" not in fields):
            return None
        path, _, query = match[2].partition(b"?")
        text = path.decode("ascii")
        text = unquote(text) if "%" in text else text
        ask = Ask(method=match[1], path=text, query=query, fields=fields, client=client)
        answer = self._front.answer(ask, now)
        if answer is None:
            return None
        # HTTP/1.0 keeps no connection unless asked to, which nobody does but proxies told not to.
        keep = match[3] == b"1" and b"close" not in fields.get(b"connection", b"").lower()
        poll = Poll(answer, keep)
        if answer.status == 304 and len(data) <= REMEMBERED_BYTES_MAX:
            self._remember(data, ask, poll, now)
        return poll

    def _remember(self, data: bytes, ask: Ask, poll: Poll, now: float) -> None:
        front, path = self._front, self._front.below(ask.path)[1]
        document = front.library.document(path, now) if path else None
        if path is None or document is None or front.is_proxied(ask):
            return
        if not any(poll.answer is each for each in document.unchanged.values()):
            return  # it was replaced since
        if len(self._remembered) >= REMEMBERED_MAX:
            self._remembered.clear()
        client = front.client(ask) if front.forwarded else None
        self._remembered[data] = _Remembered(path, document, client, poll)


def _fields(lines: bytes) -> dict[bytes, bytes] | None:
    """The fields by their names; None where one is repeated, or announces more than a head."""
    fields: dict[bytes, bytes] = {}
    count = 0
    for line in lines.split(b"\r\n"):
        if line:
            name, _, value = line.partition(b":")
            fields[name.lower()] = value.strip(b" \t")
            count += 1
    return fields if len(fields) == count and _MORE.isdisjoint(fields) else None
