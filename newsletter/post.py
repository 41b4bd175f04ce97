"""How mail leaves the house: servers, keys, rates. Frozen values, made of the settings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from newsletter.dkim import Key
from newsletter.transport.protocol import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One way out, and how much it is given."""

    transport: Transport
    name: str = ""  # as the ledger knows it
    connections: int = 1  # at most, kept open
    weight: int = 1  # its share of the messages, beside the other servers' weights
    per_minute: int = 0  # messages; 0 is no limit
    #: Messages on the first, second, ... day a new server is used; after the last one no limit.
    warm_up: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Everything a run of deliveries has to know about the outside."""

    servers: tuple[Server, ...]
    keys: tuple[Key, ...] = ()  # each signs every message
    bounces: str = ""  # the mailbox where bounces are collected; "" is the newsletter's sender
    domains: Mapping[str, int] = field(default_factory=dict)  # receivers: messages a minute

    @classmethod
    def by(cls, transport: Transport) -> Post:
        """A single server without limits."""
        return cls(servers=(Server(transport=transport),))

    @property
    def letters(self) -> Transport:
        """The way out for a single letter: the first server's."""
        return self.servers[0].transport
