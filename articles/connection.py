"""A host's name in, a connection to one of its public addresses out. Talks to the network.

Each resolved address is checked, and the connection is made to the very address that was checked: a
name that changes its mind in between (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import io
import ipaddress
import socket
import ssl
import threading
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from articles.addresses import is_global
from articles.errors import NewsdeskError, TryAgainError

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: How much is read at once.
CHUNK_BYTES = 65_536

#: A family and an address as `socket.connect` takes it; IPv6 addresses have four parts.
_Resolved = tuple[socket.AddressFamily, tuple[Any, ...]]


class FetchError(NewsdeskError):
    """No usable answer; the message names the address and says why. Asking again will not help."""


class ForbiddenError(FetchError):
    """The address, or one it redirects to, is not public and not allowed by name."""


class UnreachableError(FetchError, TryAgainError):
    """No answer this time: the name, the network, the server or the time limit."""


class Connection(HTTPConnection):
    """One request to an address that was checked; each wait ends at `deadline` (monotonic).

    `private_hosts` are names, in lower case, that may lie on an address that is not public.
    """

    def __init__(
        self, url: str, deadline: float, private_hosts: frozenset[str], tls: ssl.SSLContext
    ) -> None:
        parts = urlsplit(url)
        self.url, self.deadline = url, deadline
        self.private_hosts, self.tls = private_hosts, tls
        self.secure = parts.scheme == "https"
        self.plain: socket.socket | None = None
        super().__init__(parts.hostname or "", parts.port or (443 if self.secure else 80))
        self.default_port = 443 if self.secure else 80  # what the Host header leaves out

    def connect(self) -> None:
        found = self._permitted(_resolved(self.host, self.port, self.deadline))
        for n, address in enumerate(found, 1):
            try:
                self.plain = self._connected(address)
                break
            except OSError:
                if n == len(found):
                    raise
        assert self.plain is not None
        self.sock = _Timed(self.plain, self.deadline)

    def end(self) -> None:
        """Close the socket; `close` leaves it to the reader of the answer."""
        if self.plain is not None:
            self.plain.close()

    def _permitted(self, found: list[_Resolved]) -> list[_Resolved]:
        if self.host.rstrip(".").lower() in self.private_hosts:
            return found
        public = [one for one in found if is_global(ipaddress.ip_address(one[1][0]))]
        if not public:
            raise ForbiddenError(
                f"{self.url}: {self.host} is no public address ({found[0][1][0]}); if it is meant,"
                " allow it by name: network.private_hosts"
            )
        return public

    def _connected(self, resolved: _Resolved) -> socket.socket:
        family, address = resolved
        plain = socket.socket(family, socket.SOCK_STREAM)
        try:
            plain.settimeout(_left(self.deadline))
            plain.connect(address)
            if self.secure:
                return self.tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        return plain


class _Timed:
    """What http.client wants of a socket; a drip of bytes does not extend the time there is."""

    def __init__(self, plain: socket.socket, deadline: float) -> None:
        self.plain, self.deadline = plain, deadline

    def sendall(self, data: Buffer) -> None:
        rest = memoryview(data)
        while rest:
            self.plain.settimeout(_left(self.deadline))
            rest = rest[self.plain.send(rest) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self.plain, self.deadline), CHUNK_BYTES)

    def close(self) -> None:
        """Leave it open: http.client closes before the answer is read. See `Connection.end`."""


class _Reader(io.RawIOBase):
    def __init__(self, plain: socket.socket, deadline: float) -> None:
        self.plain, self.deadline = plain, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        self.plain.settimeout(_left(self.deadline))
        return self.plain.recv_into(memoryview(buffer))


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _resolved(host: str, port: int, deadline: float) -> list[_Resolved]:
    """The addresses of a name. The system's resolver knows no time limit, so it has a thread."""
    outcome: list[Any] = []

    def look_up() -> None:
        try:
            outcome.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            outcome.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(_left(deadline))
    if not outcome:
        raise TimeoutError
    if isinstance(outcome[0], Exception):
        raise OSError(f"the name {host} is not known ({outcome[0]})") from outcome[0]
    return [(family, address) for family, _, _, _, address in outcome[0]]
