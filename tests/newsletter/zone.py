"""A DNS of the test's own: what a dictionary says, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from newsletter.dns import ResolverError


@dataclass
class Zone:
    """`Zone({"example.org TXT": ["v=spf1 -all"]})`; a name in `silent` does not answer."""

    records: Mapping[str, list[str]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def texts(self, name: str) -> tuple[str, ...]:
        return self._of(name, "TXT")

    def addresses(self, name: str) -> tuple[str, ...]:
        return self._of(name, "A")

    def exchanges(self, name: str) -> tuple[str, ...]:
        return self._of(name, "MX")

    def names(self, address: str) -> tuple[str, ...]:
        return self._of(address, "PTR")

    def _of(self, name: str, kind: str) -> tuple[str, ...]:
        self.asked.append(f"{name} {kind}")
        if name in self.silent:
            raise ResolverError(f"the DNS did not answer for {name}")
        return tuple(self.records.get(f"{name} {kind}", ()))
