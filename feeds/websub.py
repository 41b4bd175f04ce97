"""Feeds that changed in, hubs and our own subscribers told out (WebSub). SQLite, network.

    published_files -> `note` -> errands -> `run`, one host at a time each -> done, or later again

`note` is quick and in one transaction. `run` asks one host and takes as long as that host does;
whoever calls it gives each host a thread, so that none waits for another.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from articles import database
from articles.http import Answer, Client, FetchError
from articles.model import Site
from articles.store import Store
from feeds import errands, hub, record
from feeds.errands import Errand
from feeds.formats import FORMATS
from feeds.record import PublishedFile

#: The name our cursor over published files goes by.
JOB = "websub"

#: Feeds a hub is told of in one request; an address has some 60 bytes.
TOPICS_MAX = 100

#: Errands for one host in one go, for others' turn to come.
ERRANDS_MAX = 100

#: A hub answers at once; one that does not is asked again later.
SECONDS_MAX = 10.0

#: An answer is looked at for its status, or for a challenge.
ANSWER_BYTES_MAX = 65_536

_TYPES = {each.ending: each.media_type for each in FORMATS}
_FEED = re.compile(rf"feeds/[^./][^/]*\.({'|'.join(_TYPES)})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who is told, and how."""

    site: Site
    public: Path
    hubs: tuple[str, ...] = ()  # of others
    own: bool = False  # whether we are a hub ourselves
    after: str = ""  # the job that has to have got a file first: readers fetch it from there
    client: Client
    clock: Callable[[], datetime]

    def note(self, store: Store) -> int:
        """Note what was published since the last time; gives how many errands that makes."""
        files = record.files_since(store, store.cursor(JOB))
        if self.after:
            there = store.cursor(self.after)
            files = tuple(each for each in files if each.seq <= there)
        if not files:
            return 0
        now, topics = self.clock(), list(_topics(files, self.site))
        tell = [(url, topic, "") for url in self.hubs for topic in topics]
        with database.write(store.db):
            deliver = hub.subscribers(store, topics, now) if self.own else []
            errands.add(store, "tell", tell, now)
            errands.add(store, "deliver", deliver, now)
            store.move_cursor(JOB, files[-1].seq)
        return len(tell) + len(deliver)

    def run(self, store: Store, host: str) -> tuple[str, ...]:
        """Do what is due for one host; gives what failed, and why."""
        due = errands.due(store, host, ERRANDS_MAX, self.clock())
        failures = []
        for some in _together(due):
            try:
                self._ask(store, some)
            except FetchError as error:
                failures.append(str(error))
                lost = errands.failed(store, some, self.clock())
                failures += [f"{each.url}: given up on {each.topic}" for each in lost]
        return tuple(failures)

    def _ask(self, store: Store, some: Sequence[Errand]) -> None:
        one = some[0]
        if one.kind == "tell":
            _succeeded(self._told(one.url, [each.topic for each in some]))
        elif one.kind == "verify":
            hub.verify(store, one, self.client, self.clock())
        else:
            self._deliver(store, one)
        errands.done(store, some)

    def _told(self, url: str, topics: Sequence[str]) -> Answer:
        body = urlencode([("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)])
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.client.post(url, body.encode(), kind)

    def _deliver(self, store: Store, errand: Errand) -> None:
        """The whole feed to one who subscribed (WebSub, 7). Who says 410 wants no more."""
        found = hub.subscription(store, errand.url, errand.topic, self.clock())
        body = self._content(errand.topic)
        if found is None or body is None:
            return
        headers = {
            "Content-Type": _TYPES[errand.topic.rpartition(".")[2]],
            "Link": f'<{hub.address(self.site)}>; rel="hub", <{errand.topic}>; rel="self"',
        }
        if found.secret:
            digest = hmac.new(found.secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Hub-Signature"] = f"sha256={digest}"
        answer = self.client.post(errand.url, body, headers)
        if answer.status == 410:
            hub.forget(store, errand.url, errand.topic)
            return
        _succeeded(answer)

    def _content(self, topic: str) -> bytes | None:
        name = topic.removeprefix(self.site.public_url)
        if not _FEED.fullmatch(name):
            return None
        try:
            return (self.public / name).read_bytes()
        except FileNotFoundError:
            return None


def quick(client: Client) -> Client:
    """The same with little patience, for hubs and subscribers."""
    return replace(
        client,
        body_bytes_max=ANSWER_BYTES_MAX,
        unpacked_bytes_max=ANSWER_BYTES_MAX,
        seconds_max=SECONDS_MAX,
    )


def _topics(files: Sequence[PublishedFile], site: Site) -> Iterator[str]:
    """The addresses of feeds among files; a feed that was taken away has nothing to say."""
    for each in files:
        if each.digest and _FEED.fullmatch(each.name):
            yield site.public_url + each.name


def _together(due: Sequence[Errand]) -> Iterator[Sequence[Errand]]:
    """All that one hub is to be told, in one request; the rest one by one."""
    tell: dict[str, list[Errand]] = {}
    for each in due:
        if each.kind == "tell":
            tell.setdefault(each.url, []).append(each)
        else:
            yield (each,)
    for some in tell.values():
        for start in range(0, len(some), TOPICS_MAX):
            yield some[start : start + TOPICS_MAX]


def _succeeded(answer: Answer) -> None:
    if not 200 <= answer.status < 300:
        raise FetchError(f"{answer.url}: answered {answer.status}")
