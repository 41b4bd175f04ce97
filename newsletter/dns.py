"""Names in, what the DNS says of them out; and the interface by which tests say it. Network.

A name that does not exist, or has no such record, is an empty answer. No answer at all is an
error: nothing can be said then, neither good nor bad.
"""

from __future__ import annotations

from typing import Any, Protocol

import dns.exception
import dns.resolver
import dns.reversename

from articles.errors import TryAgainError

#: An operator waits for it; resolvers answer in milliseconds or not at all.
ANSWER_WITHIN_S = 5.0


class ResolverError(TryAgainError):
    """The resolver did not answer: nothing is known about the name."""


class Resolver(Protocol):
    """What is asked of the DNS. Each may raise ResolverError."""

    def texts(self, name: str) -> tuple[str, ...]:
        """TXT records, the strings of each joined (RFC 7208, 3.3)."""

    def addresses(self, name: str) -> tuple[str, ...]:
        """A and AAAA records."""

    def exchanges(self, name: str) -> tuple[str, ...]:
        """The hosts of the MX records."""

    def names(self, address: str) -> tuple[str, ...]:
        """PTR records of an IP address."""


class SystemResolver:
    """The resolver this machine uses."""

    def __init__(self) -> None:
        self._resolver: dns.resolver.Resolver | None = None

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(
            b"".join(record.strings).decode("utf-8", "replace")
            for record in self._asked(name, "TXT")
        )

    def addresses(self, name: str) -> tuple[str, ...]:
        return tuple(record.address for kind in ("A", "AAAA") for record in self._asked(name, kind))

    def exchanges(self, name: str) -> tuple[str, ...]:
        return tuple(str(record.exchange).rstrip(".") for record in self._asked(name, "MX"))

    def names(self, address: str) -> tuple[str, ...]:
        reverse = str(dns.reversename.from_address(address))
        return tuple(str(record.target).rstrip(".") for record in self._asked(reverse, "PTR"))

    def _asked(self, name: str, kind: str) -> list[Any]:
        try:
            if self._resolver is None:
                self._resolver = dns.resolver.Resolver()
                self._resolver.lifetime = ANSWER_WITHIN_S
            return list(self._resolver.resolve(name, kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise ResolverError(f"the DNS did not answer for {name} {kind}: {error}") from error
