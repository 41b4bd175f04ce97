"""What no file holds in, a document out: made when it is asked for, and kept for a while. SQLite.

    feeds/                       the page that lists them                    listing.py
    feeds.opml?feed=syria        a choice of feeds, for importing            here
    feeds/middle-east+mali.rss   a combination; 301 to its one spelling      feeds/compose.py

One thread makes, so that whatever strangers ask takes a part of one core at most; a queue that
grows too long says so (503).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qsl, quote

from articles import shelves
from articles.store import Store
from feeds import catalog, delta, opml, selections
from feeds.catalog import FOLDER
from feeds.compose import ENDINGS, Composer
from feeds.publish import LIST
from feeds.selections import Selection, SelectionError
from newsdesk.web import codings
from newsdesk.web.documents import Document
from newsdesk.web.front import moved
from newsdesk.web.library import TAG_CHARS
from newsdesk.web.listing import Listing
from newsdesk.web.messages import Answer, Ask, Fields, plain
from newsdesk.web.negotiation import Coding
from newsdesk.web.parts import Parts

#: Documents kept, at most 0.4 MB each, packed and not; the least asked for is made again.
KEPT_MAX = 200

#: A document is looked at again after this: an article is in it within a second.
LOOK_EVERY_S = 1.0

#: A page with words like "today" is made again after a minute.
PAGE_EVERY_S = 60.0

#: Requests that wait for the one thread; at some 10 ms each, half a second.
WAITING_MAX = 50

#: Feeds in one choice: all there are, in a newsroom of many regions.
CHOSEN_MAX = 1_000

#: A list is for a reader's "import", not for looking at.
AS_FILE: Fields = ((b"Content-Disposition", b'attachment; filename="feeds.opml"'),)

_FEED = re.compile(r"feeds/(.+)\.([a-z]+)")


@dataclass(slots=True)
class _Kept:
    document: Document
    version: object  # what it was made of
    made_at: float


@dataclass(slots=True)
class Making:
    """A `front.Maker` for one desk."""

    parts: Parts
    listing: Listing
    _composer: Composer = field(init=False)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="making")
    )
    _kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._composer = Composer(self.parts.site, self.parts.table)

    async def __call__(self, ask: Ask, path: str) -> Document | Answer | None:
        """The document at `path`, or an answer that leads elsewhere; `ask.path` is the prefix."""
        make = self._maker(ask, path)
        if make is None or isinstance(make, Answer):
            return make
        if self._waiting >= WAITING_MAX:
            return plain(503, "Too many are asking at once.", (b"Retry-After", b"30"))
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, make)
        finally:
            self._waiting -= 1

    def _maker(self, ask: Ask, path: str) -> Callable[[], Document] | Answer | None:
        if path == FOLDER:
            return self._page
        if path == LIST:
            chosen = _chosen(ask.query)
            return lambda: self._choice(chosen)
        match = _FEED.fullmatch(path)
        if match is None or match[2] not in ENDINGS:
            return None
        try:
            selection = selections.parse(match[1], self.parts.table)
        except SelectionError as error:
            return plain(404, str(error), (b"Cache-Control", b"public, max-age=60"), cost=0.1)
        if selection.name != match[1]:
            return moved(f"{ask.path}{FOLDER}{quote(selection.name, safe='+')}.{match[2]}")
        return lambda: self._feed(selection, match[2])

    def _feed(self, selection: Selection, ending: str) -> Document:
        def make(store: Store) -> bytes:
            return self._composer.compose(store, selection, ending)

        def version(store: Store) -> object:
            return store.regions_changed(selection.parts)[0]

        return self._document(f"{selection.name}.{ending}", version, make, LOOK_EVERY_S)

    def _choice(self, chosen: tuple[str, ...]) -> Document:
        def make(store: Store) -> bytes:
            site, table = self.parts.site, self.parts.table
            regions = {name for name in store.live_regions() if catalog.kind_of(name) is None}
            names = self._canonical(chosen) or regions
            labels = shelves.labels(store)
            listed = catalog.feeds({}, names, site, table, labels=labels)
            return opml.render([each for each in listed if each.name in names], site)

        name = f"?{','.join(chosen)}.opml"
        return self._document(name, lambda _: None, make, LOOK_EVERY_S)

    def _canonical(self, names: tuple[str, ...]) -> set[str]:
        """Those that are feeds, in their one spelling."""
        found = set()
        for name in names:
            with suppress(SelectionError):
                found.add(selections.parse(name, self.parts.table).name)
        return found

    def _page(self) -> Document:
        def make(store: Store) -> bytes:
            return self.listing.page(store, self.parts.clock()).encode()

        return self._document("feeds/.html", lambda _: object(), make, PAGE_EVERY_S)

    def _document(
        self,
        name: str,
        version: Callable[[Store], object],
        make: Callable[[Store], bytes],
        every_s: float,
    ) -> Document:
        """What is kept under `name`, if it is of this second or of the same version; else anew."""
        kept, now = self._kept.get(name), time.monotonic()
        if kept is not None and now - kept.made_at < every_s:
            self._kept.move_to_end(name)
            return kept.document
        with self.parts.open_store() as store:
            current = version(store)
            if kept is None or kept.version != current:
                content = make(store)
                kept = _Kept(self._made(name, content, kept), current, now)
        kept.made_at = now
        self._kept[name] = kept
        self._kept.move_to_end(name)
        if len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        return kept.document

    def _made(self, name: str, content: bytes, before: _Kept | None) -> Document:
        ending = name.rpartition(".")[2]
        tag = sha256(content).hexdigest()[:TAG_CHARS].encode()
        if before is not None and before.document.tag == tag:
            return before.document
        known = before.document.known if before else None

        bodies: dict[Coding, bytes] = {"identity": content}

        def body(coding: Coding) -> bytes:
            if coding not in bodies:
                bodies[coding] = codings.compressed(content, coding)
            return bodies[coding]

        return Document(
            ending=ending,
            tag=tag,
            modified_at=int(self.parts.clock().timestamp()),
            body=body,
            known=delta.known(tag, ending, content, known) if ending in delta.KINDS else None,
            more={"html": self.listing.fields, "opml": AS_FILE}.get(ending, ()),
        )


def _chosen(query: bytes) -> tuple[str, ...]:
    """The names in `feed=syria&feed=sahel`, each once."""
    try:
        pairs = parse_qsl(query.decode("ascii", "replace"), max_num_fields=CHOSEN_MAX)
    except ValueError:
        return ()
    names = {value.strip().casefold() for key, value in pairs if key == "feed"}
    return tuple(sorted(name for name in names if catalog.NAME.fullmatch(name)))
