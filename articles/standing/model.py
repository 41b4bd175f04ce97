"""A standing source, and what one look at it found: frozen values. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from articles.model import Draft, LeftOut, Refusal

Kind = Literal["follow", "watch", "database"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where articles come from by themselves."""

    name: str  # what the operator calls it
    kind: Kind
    place: str  # a feed's address, a folder, a database's file
    every: timedelta
    url: str = ""  # the site's address, for relative ones
    query: str = ""  # of a database: one row for each article
    names: Mapping[str, str] = field(default_factory=dict)  # field -> column
    missing: Literal["keep", "withdraw"] = "keep"  # what becomes of rows that are gone

    @property
    def identity(self) -> str:
        """Another place, query or mapping is another source: what was seen of the old one goes."""
        words = (self.kind, self.place, self.url, self.query, sorted(self.names.items()))
        return f"{self.place} {hashlib.sha256(repr(words).encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at a source found, and what to remember of it."""

    seen: dict[str, object]
    found: Iterable[Draft | Refusal | LeftOut] = ()
    read: bool = True  # whether there was anything to read; else the last problems still stand
    problems: tuple[str, ...] = ()
    wait: timedelta | None = None  # the source asked not to be asked before
    gone: bool = False  # the source said that it is no more
    taken_in: Callable[[], None] | None = None  # called when `found` is in the store
