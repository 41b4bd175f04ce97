"""What one request asks and what it is answered, without the server they travel through. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus

Fields = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request line and its fields."""

    method: bytes
    path: str  # percent-decoded
    query: bytes
    fields: Mapping[bytes, bytes]  # names in small letters; repeated ones joined by commas
    client: str  # the address at the other end of the connection


@dataclass(frozen=True)
class Answer:
    """A status, fields without Date, and a body."""

    status: int
    fields: Fields
    body: bytes = b""
    #: What the answer is counted as against the rate of its client (crowd.py).
    cost: float = field(default=1.0, compare=False)

    @cached_property
    def head(self) -> bytes:
        """Status line and fields as HTTP/1.1 writes them, but for Date and the empty line."""
        phrase = HTTPStatus(self.status).phrase.encode()
        lines = b"".join(b"%s: %s\r\n" % each for each in self.fields)
        return b"HTTP/1.1 %d %s\r\n%s" % (self.status, phrase, lines)

    def without_body(self) -> Answer:
        """The same for HEAD: every field as it would be, no content (RFC 9110, 9.3.2)."""
        return Answer(self.status, self.fields, b"", self.cost)


def joined(fields: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Fields by name; what is repeated is one list (RFC 9110, 5.3)."""
    found: dict[bytes, bytes] = {}
    for name, value in fields:
        found[name] = found[name] + b", " + value if name in found else value
    return found


def plain(status: int, text: str, *more: tuple[bytes, bytes], cost: float = 1.0) -> Answer:
    """An answer in one line of text, for programs."""
    body = text.encode() + b"\n"
    fields = (
        (b"Content-Type", b"text/plain; charset=utf-8"),
        (b"Content-Length", b"%d" % len(body)),
        (b"X-Content-Type-Options", b"nosniff"),
        *more,
    )
    return Answer(status, fields, body, cost)
