"""Messages into maildirs, one for each recipient, instead of the post. Files.

For trying things out, and for a mail server that takes over from there. A message's file is named
after its Message-ID: to deliver it again changes nothing, and whether it was delivered can be seen.
"""

from __future__ import annotations

import hashlib
import os
import re
from email.parser import BytesHeaderParser
from pathlib import Path

from newsletter.transport.protocol import (
    AT_DOT,
    Message,
    Offering,
    Outcome,
    Session,
    Steps,
    Transport,
    TransportError,
)

#: File systems take 255 bytes in a name; a folder's name adds a hash to what it shortens.
NAME_CHARS_MAX = 100

_FOLDERS = ("tmp", "new", "cur")


class Maildir(Transport, Session):
    """A folder of maildirs as a transport."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def session(self) -> Maildir:
        return self

    def connecting(self) -> Steps[None]:
        """Make the folder if it is not there.

        Raises:
            TransportError: it cannot be made.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TransportError(f"{self.root}: {error.strerror}") from error
        yield from ()

    def offering(self, sender: str, recipient: str, message: Message) -> Offering:  # noqa: ARG002
        """Put the message into the recipient's `new`; one that is there already stays as it is."""
        box, whole = self.root / _safe(recipient), b"".join(message)
        name = _name(_message_id(whole))
        try:
            if _has(box, name):
                is_let_go = yield AT_DOT
                there = Outcome(state="sent", reply=f"{box.name}/{name} was there")
                return there if is_let_go else None
            _make(box)
            _write(box / "tmp" / name, whole)
        except OSError as error:
            return Outcome(state="deferred", reply=f"{box}: {error.strerror}", server=True)
        if not (yield AT_DOT):
            return None
        try:
            (box / "tmp" / name).rename(box / "new" / name)
            _sync(box / "new")
        except OSError as error:
            # Whether it is there can be looked up: no need to call it doubt.
            return Outcome(state="deferred", reply=f"{box}: {error.strerror}", server=True)
        return Outcome(state="sent", reply=f"{box.name}/new/{name}")

    def took(self, recipient: str, message_id: str) -> bool | None:
        """Whether the message lies in the recipient's maildir, read or unread."""
        return _has(self.root / _safe(recipient), _name(message_id))


def _safe(address: str) -> str:
    """An address as the name of a folder: readable, within the root, different from all others."""
    plain = re.sub(r"[^A-Za-z0-9@._+-]", "_", address).lstrip(".")
    if plain == address and len(plain) <= NAME_CHARS_MAX:
        return plain
    mark = hashlib.sha256(address.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{plain[:NAME_CHARS_MAX]}~{mark}"


def _name(message_id: str) -> str:
    return f"{hashlib.sha256(message_id.strip().encode()).hexdigest()[:32]}.newsdesk"


def _message_id(message: bytes) -> str:
    found = BytesHeaderParser().parsebytes(message)["Message-ID"]
    assert found, "a message without Message-ID"
    return str(found)


def _has(box: Path, name: str) -> bool:
    # A reader moves it to cur and appends flags: "name:2,S".
    return (box / "new" / name).exists() or any((box / "cur").glob(f"{name}*"))


def _make(box: Path) -> None:
    if all((box / each).is_dir() for each in _FOLDERS):
        return
    for each in _FOLDERS:
        (box / each).mkdir(parents=True, exist_ok=True)
    for folder in (box, box.parent):  # the new names are on the disk before what lies in them
        _sync(folder)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
