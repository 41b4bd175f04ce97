"""The server beside nginx and StaticFiles, a day of readers, a commit until a hub knows of it.

Answers a second are what one core can give: one over the processor time of an answer, which other
work on the machine does not change as it does the clock's. `wrk` asks (Debian's package).
"""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from harness import Figure  # noqa: E402

from newsdesk.web.polls import Polls  # noqa: E402
from tests.newsdesk.web.newsroom import SITE, Newsroom, article  # noqa: E402

#: Odd, so that the median is a measurement; a second each.
ROUNDS = 5

#: Readers of the simulated day, and how they ask: (share, name, every so many minutes).
READERS = 10_000
MANNERS = (
    (0.40, "by ETag", 15),
    (0.10, "by ETag", 60),
    (0.15, "by date", 30),
    (0.30, "by ETag, A-IM", 15),
    (0.04, "by a proxy's weak ETag", 30),
    (0.01, "without condition", 60),
)

#: Where the articles of the day, one an hour, take place: each twice.
REGIONS = (
    ("syria", "middle-east"), ("mali", "sahel"), ("serbia", "balkans"), ("georgia", "caucasus"),
    ("peru", "andes"), ("laos", "mekong"), ("india", "south-asia"), ("kenya", "east-africa"),
    ("norway", "nordics"), ("morocco", "maghreb"), ("fiji", "oceania"), ("latvia", "baltics"),
)  # fmt: skip

#: What they follow: the whole paper, a region, a country.
FOLLOWED = (
    ("all", 0.15), ("middle-east", 0.2), ("sahel", 0.2), ("balkans", 0.15),
    ("syria", 0.15), ("mali", 0.15),
)  # fmt: skip

#: Why an answer is long.
NEWS, UNASKED, NO_NEWS = "news for who takes no part", "no condition", "no news"

#: Commits whose way to the hub is timed, and how long they wait for one another at most: at random,
#: so that they come at any moment of the desk's looks.
COMMITS, PAUSE_S_MAX = 200, 0.2

_CONFIG = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{ access_log off; server {{ listen 127.0.0.1:{port}; root {folder}/newsroom/public;
types {{ text/xml rss; }} gzip_static on; gzip_vary on;
add_header Cache-Control "public, max-age=900"; disable_symlinks off; }} }}
"""

_OURS = """
import sys, threading; from pathlib import Path
from newsdesk.web.server import running
from tests.newsdesk.web.newsroom import SITE, Newsroom
with running(Newsroom(Path(sys.argv[1]), SITE).app(answers_per_minute=1e9), "127.0.0.1",
             int(sys.argv[2])):
    threading.Event().wait()
"""

_STATIC = """
import sys, uvicorn; from starlette.staticfiles import StaticFiles
from starlette.applications import Starlette; from starlette.routing import Mount
uvicorn.run(Starlette(routes=[Mount("/", StaticFiles(directory=sys.argv[1] + "/public",
    follow_symlink=True))]), port=int(sys.argv[2]), log_level="error", access_log=False)
"""


def figures(folder: Path) -> Iterator[Figure]:
    """What `make bench NAMES=serving` measures."""
    folder.chmod(0o755)  # nginx's workers are nobody
    room = _newsroom(folder / "newsroom")
    cost = _processor_us(folder)
    yield Figure(
        what="304 answers a second on one core, beside nginx",
        value=cost["nginx"] / cost["newsdesk"],
        unit="x nginx",
        at_least=0.8,
        details={f"{name}, us": value for name, value in cost.items()},
    )
    yield Figure(
        what="304 answers a second on one core, beside StaticFiles",
        value=cost["StaticFiles"] / cost["newsdesk"],
        unit="x Starlette's StaticFiles",
        at_least=2.5,
    )
    long, asked = _day(room)
    whys = Counter[str]()
    for (_, why), count in long.items():
        whys[why] += count
    yield Figure(
        what=f"polls of a day of {READERS:,} readers answered by 304, 226 or under 1 kB",
        value=100 - 100 * long.total() / asked.total(),
        unit="%",
        at_least=99,
        details={
            f"{name}, %": 100 - 100 * sum(long[name, why] for why in whys) / asked[name]
            for name in asked
        }
        | {f"long: {why}, %": 100 * whys[why] / asked.total() for why in (NEWS, UNASKED, NO_NEWS)},
    )
    waits = sorted(_commits_to_hub(folder))
    yield Figure(
        what=f"commit of an article to a hub told, p99 of {COMMITS}",
        value=waits[COMMITS * 99 // 100 - 1],
        unit="s",
        at_most=1.0,
        details={"median": statistics.median(waits), "worst": waits[-1]},
    )


def _newsroom(root: Path) -> Newsroom:
    root.mkdir()
    room = Newsroom(root, SITE)
    room.put(*(_about(n) for n in range(1, 61)))
    room.publish()
    return room


def _about(n: int, hours_ago: float | None = None) -> Any:
    regions = REGIONS[n % len(REGIONS)]
    ago = hours_ago if hours_ago is not None else n
    body = " ".join(f"Word{word}" for word in range(n, n + 600))
    return article(f"Headline {n}", n, (*regions, "all"), hours_ago=ago, body_html=f"<p>{body}</p>")


def _processor_us(folder: Path) -> dict[str, float]:
    """Processor time of a 304, in microseconds, by server; they take turns."""
    config, ports = folder / "nginx.conf", {"nginx": 9471, "newsdesk": 9472, "StaticFiles": 9473}
    config.write_text(_CONFIG.format(folder=folder, port=ports["nginx"]))
    home = str(folder / "newsroom")
    ways = {
        "nginx": ["nginx", "-c", str(config)],
        "newsdesk": [sys.executable, "-c", _OURS, home, str(ports["newsdesk"])],
        "StaticFiles": [sys.executable, "-c", _STATIC, home, str(ports["StaticFiles"])],
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    running = {
        name: subprocess.Popen(["taskset", "-c", "0", *way], env=env) for name, way in ways.items()
    }
    try:
        for port in ports.values():
            _await(f"http://127.0.0.1:{port}/feeds/all.rss")
        for _ in range(ROUNDS):
            for name, port in ports.items():
                spent[name].append(_asked(running[name].pid, port))
    finally:
        for process in running.values():
            process.terminate()
            process.wait()
    return {name: statistics.median(values) for name, values in spent.items()}


def _asked(pid: int, port: int) -> float:
    url = f"http://127.0.0.1:{port}/feeds/all.rss"
    with urlopen(url) as answer:
        etag = answer.headers["ETag"]
    before = _ticks(pid)
    out = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t1", "-c16", "-d1s", "-H", f"If-None-Match: {etag}", url],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    count = re.search(r"(\d+) requests in", out)
    assert count
    assert "Non-2xx" not in out or "304" not in out
    return (_ticks(pid) - before) / int(count[1]) * 1e6


def _ticks(pid: int) -> float:
    """Processor seconds of a process and its children."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    total = 0
    for each in (pid, *map(int, found.stdout.split())):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def _await(url: str) -> None:
    for _ in range(300):
        try:
            urlopen(url).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


def _day(room: Newsroom) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Long answers by manner and why, and all polls by manner: bytes in and out, no sockets."""
    polls = Polls(room.app())
    chance = random.Random(7)
    due: defaultdict[tuple[int, int], list[_Reader]] = defaultdict(list)
    for reader in (_Reader(chance, n) for n in range(READERS)):
        due[reader.every, reader.offset].append(reader)
    intervals = {every for _, _, every in MANNERS}
    long: Counter[tuple[str, str]] = Counter()
    asked: Counter[str] = Counter()
    for minute in range(24 * 60):
        if minute % 60 == 30:
            room.put(_about(1_000 + minute // 60, hours_ago=-minute / 60))
            room.publish()
        for every in intervals:
            for reader in due[every, minute % every]:
                why = reader.poll(polls, float(minute * 60))
                if minute >= 60:  # the first hour is spent on what everybody has to get once
                    asked[reader.name] += 1
                    if why:
                        long[reader.name, why] += 1
    return long, asked


class _Reader:
    """One program that polls one feed."""

    def __init__(self, chance: random.Random, number: int) -> None:
        shares = [share for share, _, _ in MANNERS]
        _, self.manner, self.every = chance.choices(MANNERS, shares)[0]
        self.name = f"{self.manner}, {self.every} min"
        feed = chance.choices([n for n, _ in FOLLOWED], [s for _, s in FOLLOWED])[0]
        self.offset = chance.randrange(self.every)
        self.client = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        self.head = f"GET /feeds/{feed}.atom HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n"
        self.etag = self.date = b""

    def poll(self, polls: Polls, now: float) -> str:
        """Why the answer was long; "" for one that was not."""
        poll = polls.answer(self._request(), self.client, now)
        assert poll is not None
        answer, had = poll.answer, self.etag
        if answer.status in (200, 226):
            fields = dict(answer.fields)
            self.etag, self.date = fields[b"ETag"], fields[b"Last-Modified"]
        if answer.status != 200 or len(answer.body) < 1_000:
            return ""
        if self.manner == "without condition":
            return UNASKED
        return NEWS if self.etag != had else NO_NEWS

    def _request(self) -> bytes:
        lines = self.head.encode()
        if self.etag and self.manner.startswith("by ETag"):
            lines += b"If-None-Match: %s\r\n" % self.etag
        if self.etag and "weak" in self.manner:
            lines += b"If-None-Match: W/%s\r\n" % self.etag
        if self.date and self.manner == "by date":
            lines += b"If-Modified-Since: %s\r\n" % self.date
        if "A-IM" in self.manner:
            lines += b"A-IM: feed\r\n"
        return lines + b"\r\n"


def _commits_to_hub(folder: Path) -> list[float]:
    """Seconds from the commit of a row, written by another program, to a hub's being told."""
    desk = folder / "desk"
    command = [sys.executable, "-m", "newsdesk", "-C", str(desk)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([*command, "init", "--yes"], check=True, env=env, capture_output=True)
    waits = []
    with _hub() as (url, told):
        settings = desk / "newsdesk.toml"
        text = settings.read_text().replace("[site]", f'[site]\nhub = "{url}"', 1)
        settings.write_text(text + '\n[network]\nprivate_hosts = ["localhost"]\n')
        with open(folder / "run.log", "wb") as log:
            process = subprocess.Popen([*command, "run"], env=env, stdout=log, stderr=log)
        try:
            for n in range(COMMITS + 1):
                told.clear()
                time.sleep(random.uniform(0, PAUSE_S_MAX))
                at = _commit(desk, n)
                assert told.wait(60), "the hub was not told"
                waits.append(time.monotonic() - at)
            del waits[0]  # the desk was still starting
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    return waits


def _commit(desk: Path, n: int) -> float:
    with closing(sqlite3.connect(desk / "store.db", timeout=30)) as cms:
        cms.execute(
            "INSERT INTO articles (title, url, body_text, regions) VALUES (?, ?, ?, ?)",
            (f"Number {n}", f"https://news.example.org/{n}", f"Text of number {n}.", '["SY"]'),
        )
        cms.commit()
    return time.monotonic()


@contextmanager
def _hub() -> Iterator[tuple[str, threading.Event]]:
    told = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            if b"all.rss" in body:
                told.set()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}/", told
    server.shutdown()
    server.server_close()
