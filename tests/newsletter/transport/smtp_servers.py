"""Mail servers that refuse, drop, stall and lie, on 127.0.0.1, for tests."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import run

#: What a script answers to an event, or None for the usual:
#: "450 words"      this reply instead; after 421 the connection is closed
#: "drop"           close without a reply; the message is not taken
#: "reset"          the same with an RST: what is on its way to us is lost too
#: "take, drop"     take the message, then close without a reply; "take, reset"
#: "take, garbage"  take it, then say something that is no SMTP
#: "extra"          the usual reply, and another one nobody asked for
#: "late 0.3"       the usual reply, so many seconds later
Script = Callable[[str, str], str | None]

#: SO_LINGER: closing sends an RST.
_RESET = struct.pack("ii", 1, 0)


@dataclass
class ScriptedServer:
    """Asks `script` at connect, ehlo, starttls, auth, mail, rcpt, data, body and dot."""

    script: Script = lambda _event, _recipient: None
    extensions: tuple[str, ...] = ("8BITMIME", "SIZE 10000000")
    tls: ssl.SSLContext | None = None
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    offered: list[tuple[str, bytes]] = field(default_factory=list)  # up to the dot, taken or not
    seen: list[str] = field(default_factory=list)  # every command line
    connections: int = 0
    on_taken: Callable[[str], None] = lambda _recipient: None  # before the reply leaves
    hung_up: threading.Event = field(default_factory=threading.Event)  # a connection has ended
    patience_s: float = 5  # with a client that says nothing
    port: int = 0

    @contextmanager
    def running(self) -> Iterator[ScriptedServer]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            listener.settimeout(0.05)
            ending = threading.Event()
            thread = threading.Thread(target=self._serve, args=(listener, ending))
            thread.start()
            try:
                yield self
            finally:
                ending.set()
                thread.join()

    def _serve(self, listener: socket.socket, ending: threading.Event) -> None:
        threads = []
        while not ending.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            thread = threading.Thread(target=self._converse, args=(connection,))
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(self.patience_s)
        conversation = _Conversation(self, connection)
        with closing(conversation), suppress(OSError, _ClosedError):
            conversation.hold()
        self.hung_up.set()


class _ClosedError(Exception):
    pass


class _Conversation:
    def __init__(self, server: ScriptedServer, connection: socket.socket) -> None:
        self.server, self.connection = server, connection
        self.lines = connection.makefile("rb")
        self.recipient = ""

    def close(self) -> None:
        self.lines.close()
        self.connection.close()

    def hold(self) -> None:
        self.answer("connect", "220 test ESMTP")
        while line := self.lines.readline():
            text = line.decode().rstrip("\r\n")
            self.server.seen.append(text)
            verb = text.split()[0].lower()
            if verb == "ehlo":
                names = ["test", *self.server.extensions]
                more = "".join(f"250-{name}\r\n" for name in names[:-1])
                self.answer("ehlo", f"{more}250 {names[-1]}")
            elif verb == "starttls":
                self.answer("starttls", "220 go on")
                assert self.server.tls
                self.lines.close()
                self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
                self.lines = self.connection.makefile("rb")
            elif verb == "auth":
                self.answer("auth", "235 hello")
            elif verb == "mail":
                self.answer("mail", "250 sender ok")
            elif verb == "rcpt":
                self.recipient = re.search("<(.*)>", text)[1]
                self.answer("rcpt", "250 recipient ok")
            elif verb == "data":
                if self.answer("data", "354 go ahead"):
                    self.body()
            elif verb == "quit":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def body(self) -> None:
        if action := self.server.script("body", self.recipient):
            self.lines.readline()
            self.act(action)
        raw = b""
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                return  # went away before the final dot: not taken
            raw += line[1:] if line.startswith(b".") else line
        self.server.offered.append((self.recipient, raw))
        action = self.server.script("dot", self.recipient) or ""
        if action[:3].isdigit() or action in ("drop", "reset"):
            self.act(action)
            return
        self.server.taken.append((self.recipient, raw))
        self.server.on_taken(self.recipient)
        if action in ("take, drop", "take, reset"):
            self.act(action.removeprefix("take, "))
        if action == "take, garbage":
            self.connection.sendall(b"\xff\x00 as you like\r\n")
            return
        self.act(action, "250 2.0.0 taken")

    def answer(self, event: str, usual: str) -> bool:
        """Whether the usual reply was given."""
        return self.act(self.server.script(event, self.recipient) or "", usual)

    def act(self, action: str, usual: str = "") -> bool:
        if action[:3].isdigit():
            self.say(action)
            if action.startswith("421"):
                raise _ClosedError
            return False
        if action == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        if action in ("drop", "reset"):
            raise _ClosedError
        if action.startswith("late"):
            time.sleep(float(action.split()[1]))
        self.say(usual + ("\r\n250 surprise" if action == "extra" else ""))
        return True

    def say(self, reply: str) -> None:
        self.connection.sendall(f"{reply}\r\n".encode())


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, ssl.SSLContext]:
    """A certificate for `name` made just now, and a server's context with it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-keyout", key, "-out", cert, "-days", "1", "-subj", f"/CN={name}"),
            *("-addext", f"subjectAltName=DNS:{name}"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context
