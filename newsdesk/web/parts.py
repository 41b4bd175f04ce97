"""What the web application is made of: values, and how to open what it acts on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from articles.model import Site
from articles.regions import RegionTable
from articles.store import Store
from newsletter.model import Newsletter

OpenStore = Callable[[], AbstractContextManager[Store]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One desk, as its web application sees it."""

    open_store: OpenStore
    site: Site
    newsletter: Newsletter
    table: RegionTable
    secrets: tuple[str, ...]  # of the mails' links, the newest first
    public: Path  # the folder whose feeds are served
    clock: Callable[[], datetime]
    answers_per_minute: float = 0.0  # to one address; 0 is no limit
    forwarded: str = ""  # the field in which our proxy names its client
    renamed: Mapping[str, str] = field(default_factory=dict)  # feeds by their former names
    removed: frozenset[str] = frozenset()
    hub: bool = False  # whether we are a WebSub hub ourselves
