"""Feeds are followed, folders watched and foreign databases read, without harm to their owners."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from articles.http import Client
from articles.standing import foreign, sweeping
from articles.standing.model import Source
from articles.standing.state import States, Stored
from articles.store import Store

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
RSS = "<rss version='2.0'><channel><title>F</title>{}</channel></rss>"
ITEM = "<item><title>{0}</title><guid>{0}</guid><description>Words.</description></item>"


class Desk:
    """A store, a clock that is moved by hand, and the sources of one test."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.folder = folder
        self.store = Store.open(folder / "store.db", create=True)
        self.store.name_desk("news.example.org", "2026-11-22")
        self.client = Client(private_hosts=frozenset(("127.0.0.1",)), seconds_max=5)

    def look(self, source: Source) -> Stored:
        sweeping.sweep(self.store, [source], self.client, lambda: self.now)
        return States(self.store.db).of(source)

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def titles(self, status: str = "published") -> list[str]:
        rows = self.store.db.execute(
            "SELECT title FROM articles WHERE status = ? ORDER BY title", (status,)
        )
        return [title for (title,) in rows]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


class Server:
    """A web server whose answer each test sets; it keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: Callable[[str], bytes] = lambda _: b""
        self.asked: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/feed"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def says(self, body: str, status: str = "200 OK", *headers: str) -> None:
        data = body.encode()
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", *headers, "", ""]
        self.answer = lambda _: "\r\n".join(lines).encode() + data

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                asked = peer.recv(65_536).decode()
                self.asked.append(asked)
                peer.sendall(self.answer(asked))

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def following(server: Server, minutes: int = 30) -> Source:
    return Source(name="f", kind="follow", place=server.url, every=timedelta(minutes=minutes))


# --- feeds -------------------------------------------------------------------------------------


def test_a_feed_is_asked_when_it_is_due_and_only_for_what_is_new(
    desk: Desk, server: Server
) -> None:
    source = following(server)
    server.says(RSS.format(ITEM.format("One")), "200 OK", 'ETag: "1"', "Last-Modified: then")

    first = desk.look(source)
    desk.look(source)
    desk.later(minutes=30)
    server.says("", "304 Not Modified")
    second = desk.look(source)

    assert first.brought == {"new": 1, "revised": 0, "refused": 0}
    assert desk.titles() == ["One"]
    assert len(server.asked) == 2
    assert 'If-None-Match: "1"' in server.asked[1]
    assert "If-Modified-Since: then" in server.asked[1]
    assert (second.problem, second.changed_at, second.looked_at) == ("", NOW, desk.now)


def test_what_a_feed_corrects_is_revised_and_what_it_drops_stays(
    desk: Desk, server: Server
) -> None:
    source = following(server)
    server.says(RSS.format(ITEM.format("One") + ITEM.format("Two")))
    desk.look(source)
    desk.later(minutes=30)

    server.says(RSS.format(ITEM.format("One").replace("Words", "Better words")))
    after = desk.look(source)

    assert after.brought == {"new": 0, "revised": 1, "refused": 0}
    assert desk.titles() == ["One", "Two"]


def test_a_feed_that_fails_is_told_and_asked_less_and_less_often(
    desk: Desk, server: Server
) -> None:
    source = following(server)
    server.says("", "500 Oops")

    states = []
    for _ in range(8):
        state = desk.look(source)
        states.append(state)
        assert state.next_at
        desk.now = state.next_at

    assert [state.failures for state in states] == list(range(1, 9))
    assert "status 500" in states[0].problem
    waits = [b.looked_at - a.looked_at for a, b in pairwise(states)
             if a.looked_at and b.looked_at]  # fmt: skip
    assert waits[:3] == [timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2)]
    assert max(waits) == timedelta(hours=12)
    server.says(RSS.format(ITEM.format("One")))
    assert (desk.look(source).failures, desk.look(source).problem) == (0, "")


def test_a_feed_that_is_gone_is_not_asked_again(desk: Desk, server: Server) -> None:
    server.says("", "410 Gone")

    state = desk.look(following(server))
    desk.later(days=90)
    desk.look(following(server))

    assert "gone" in state.problem
    assert state.next_at is None
    assert len(server.asked) == 1


def test_a_feed_that_moved_for_good_keeps_its_articles(desk: Desk, server: Server) -> None:
    feed = RSS.format(ITEM.format("One"))

    def answer(asked: str) -> bytes:
        if "GET /new" in asked:
            return f"HTTP/1.1 200 OK\r\nContent-Length: {len(feed)}\r\n\r\n{feed}".encode()
        return b"HTTP/1.1 301 Moved\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n"

    server.answer = answer
    state = desk.look(following(server))
    desk.later(minutes=30)
    feed = feed.replace("Words", "Other words")
    desk.look(following(server))

    assert "moved for good" in state.problem
    assert [asked.split()[1] for asked in server.asked] == ["/feed", "/new", "/new"]
    assert desk.titles() == ["One"]


def test_a_server_that_asks_for_time_gets_it(desk: Desk, server: Server) -> None:
    server.says(RSS.format(""), "200 OK", "Cache-Control: public, max-age=7200")

    state = desk.look(following(server))

    assert state.next_at == NOW + timedelta(hours=2)


def test_a_page_is_no_feed(desk: Desk, server: Server) -> None:
    server.says("<!DOCTYPE html><html><h1>A headline</h1><p>Words.</html>")

    assert "a web page, not a feed" in desk.look(following(server)).problem
    assert desk.titles() == []


def test_a_feed_on_a_private_address_is_not_asked(desk: Desk, server: Server) -> None:
    desk.client = Client(seconds_max=5)

    assert "private_hosts" in desk.look(following(server)).problem
    assert server.asked == []


def test_one_bad_entry_does_not_cost_the_others_and_is_named(desk: Desk, server: Server) -> None:
    server.says(RSS.format("<item><guid>x</guid></item>" + ITEM.format("One")))
    first = desk.look(following(server))
    desk.later(minutes=30)
    server.says("", "304 Not Modified")

    assert desk.titles() == ["One"]
    assert "entry 1: " in first.problem
    assert desk.look(following(server)).problem == first.problem


# --- folders -----------------------------------------------------------------------------------


def watching(folder: Path) -> Source:
    return Source(name="inbox", kind="watch", place=str(folder), every=timedelta())


def test_a_file_is_read_when_it_lies_still(desk: Desk, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "2026").mkdir(parents=True)
    (inbox / "2026" / "fog.md").write_text("# Fog\n\nHalf a sen")
    (inbox / ".hidden.md").write_text("# Hidden\n\nWords.")
    (inbox / "loading.md.part").write_text("# Part\n\nWords.")
    source = watching(inbox)

    desk.look(source)
    (inbox / "2026" / "fog.md").write_text("# Fog\n\nHalf a sentence is none.")
    desk.look(source)
    assert desk.titles() == []
    desk.look(source)

    assert desk.titles() == ["Fog"]


def test_a_changed_file_is_a_revision_and_a_bad_one_is_named(desk: Desk, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "fog.md").write_text("# Fog\n\nWords.")
    (inbox / "bad.json").write_text("{")
    source = watching(inbox)
    desk.look(source)
    first = desk.look(source)

    (inbox / "fog.md").write_text("# Fog\n\nOther words.")
    desk.look(source)
    second = desk.look(source)

    assert first.problem.startswith("bad.json: not JSON")
    assert second.brought == {"new": 0, "revised": 1, "refused": 0}
    assert desk.look(source).changed_at == second.changed_at


def test_links_out_of_a_folder_lead_nowhere(desk: Desk, tmp_path: Path) -> None:
    inbox, outside = tmp_path / "inbox", tmp_path / "secret.md"
    inbox.mkdir()
    outside.write_text("# Secret\n\nWords.")
    (inbox / "link.md").symlink_to(outside)
    os.mkfifo(inbox / "pipe.md")
    (inbox / "fog.md").write_text("# Fog\n\nWords.")

    desk.look(watching(inbox))
    desk.look(watching(inbox))

    assert desk.titles() == ["Fog"]


def test_a_folder_that_is_not_there_is_told(desk: Desk, tmp_path: Path) -> None:
    assert "no folder here" in desk.look(watching(tmp_path / "nowhere")).problem


# --- foreign databases -------------------------------------------------------------------------


QUERY = "SELECT id, headline, body, url FROM posts WHERE live"


def cms(path: Path, mode: str = "WAL") -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=0.1)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute(
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, headline TEXT, body TEXT, url TEXT, live INT)"
    )
    connection.execute(
        "INSERT INTO posts VALUES (1, 'One', '<p>Words.', '/1', 1), (2, 'Two', 'Words.', '/2', 1),"
        " (3, '', 'Words.', '/3', 1), (4, 'Hidden', 'Words.', '/4', 0)"
    )
    return connection


def reading(path: Path, query: str = QUERY, **more: object) -> Source:
    values = {"name": "cms", "url": "https://courier.example/", "every": timedelta()} | more
    return Source(kind="database", place=str(path), query=query, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_rows_that_changed_are_taken_and_no_others(desk: Desk, tmp_path: Path, mode: str) -> None:
    source = reading(tmp_path / "cms.db")
    with closing(cms(tmp_path / "cms.db", mode)) as connection:
        first = desk.look(source)
        connection.execute("UPDATE posts SET body = 'Other words.' WHERE id = 2")
        connection.execute("UPDATE posts SET live = 1 WHERE id = 4")
        second = desk.look(source)
        third = desk.look(source)

    assert first.brought == {"new": 2, "revised": 0, "refused": 1}
    assert "row 3: no title" in first.problem
    assert second.brought == {"new": 1, "revised": 1, "refused": 0}
    assert third.changed_at == second.changed_at
    assert desk.titles() == ["Hidden", "One", "Two"]
    urls = [url for (url,) in desk.store.db.execute("SELECT url FROM articles ORDER BY url")]
    assert urls == [f"https://courier.example/{number}" for number in (1, 2, 4)]


def test_a_row_that_is_gone_stays_or_is_withdrawn_as_the_operator_wants(
    desk: Desk, tmp_path: Path
) -> None:
    keeping = reading(tmp_path / "cms.db")
    withdrawing = reading(tmp_path / "cms.db", missing="withdraw")
    with closing(cms(tmp_path / "cms.db")) as connection:
        desk.look(keeping)
        connection.execute("UPDATE posts SET live = 0 WHERE id = 1")
        desk.look(keeping)
        assert desk.titles() == ["One", "Two"]
        connection.execute("UPDATE posts SET live = 0 WHERE id = 2")
        desk.look(withdrawing)

    assert desk.titles("withdrawn") == ["Two"]


def test_the_owner_is_never_held_up(desk: Desk, tmp_path: Path) -> None:
    """A writer that waits 0.1 s writes on while we look again and again."""
    source = reading(tmp_path / "cms.db", "SELECT id, headline, body FROM posts")
    with closing(cms(tmp_path / "cms.db")) as connection:
        connection.executemany(
            "INSERT INTO posts VALUES (NULL, ?, ?, '', 1)",
            ((f"T{number}", "Words. " * 200) for number in range(400)),
        )
        script = (
            "import sqlite3, sys\n"
            "c = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0.1)\n"
            "for n in range(300): c.execute('UPDATE posts SET body = ? WHERE id = 1', (str(n),))\n"
            "c.close()\n"
        )
        desk.look(source)
        writer = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "cms.db")])
        looks = 0
        while writer.poll() is None:
            state = desk.look(source)
            assert state.failures == 0, state.problem
            looks += 1

    assert writer.returncode == 0
    assert looks > 1
    assert desk.titles()


def test_a_lock_of_the_owner_is_waited_for_by_looking_again(desk: Desk, tmp_path: Path) -> None:
    source = reading(tmp_path / "cms.db")
    with closing(cms(tmp_path / "cms.db", "DELETE")) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        held = desk.look(source)
        connection.execute("COMMIT")
        desk.later(minutes=1)
        freed = desk.look(source)

    assert "its owner is writing" in held.problem
    assert (freed.problem.count("locked"), desk.titles()) == (0, ["One", "Two"])


def test_nothing_is_ever_written_into_the_foreign_file(desk: Desk, tmp_path: Path) -> None:
    with closing(cms(tmp_path / "cms.db", "DELETE")):
        before = (tmp_path / "cms.db").read_bytes()
        for query in ("DELETE FROM posts", "UPDATE posts SET live = 0", "CREATE TABLE x (y)"):
            assert desk.look(reading(tmp_path / "cms.db", query)).failures == 1
        assert (tmp_path / "cms.db").read_bytes() == before


def test_a_column_the_cms_dropped_is_named_and_nothing_is_emptied(
    desk: Desk, tmp_path: Path
) -> None:
    star = reading(tmp_path / "cms.db", "SELECT * FROM posts WHERE live", name="star")
    with closing(cms(tmp_path / "cms.db")) as connection:
        desk.look(reading(tmp_path / "cms.db"))
        desk.look(star)
        connection.execute("ALTER TABLE posts RENAME COLUMN body TO words")
        named = desk.look(reading(tmp_path / "cms.db"))
        renamed = desk.look(star)
        mended = desk.look(
            reading(tmp_path / "cms.db", "SELECT id, headline, words AS body FROM posts WHERE live")
        )
        connection.execute("DROP TABLE posts")
        desk.later(hours=1)
        dropped = desk.look(star)

    assert "no column body any more" in named.problem
    assert "no longer gives body (new: words)" in renamed.problem
    assert mended.failures == 0
    assert "no table posts any more" in dropped.problem
    bodies = [html + text for html, text in
              desk.store.db.execute("SELECT body_html, body_text FROM articles")]  # fmt: skip
    assert all(bodies)


def test_new_columns_are_told_and_do_no_harm(desk: Desk, tmp_path: Path) -> None:
    star = reading(tmp_path / "cms.db", "SELECT * FROM posts WHERE live AND headline <> ''")
    with closing(cms(tmp_path / "cms.db")) as connection:
        desk.look(star)
        connection.execute("ALTER TABLE posts ADD COLUMN mood TEXT")
        state = desk.look(star)

    assert state.problem == "new columns: mood"
    assert state.failures == 0


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("SELECT headline, body FROM posts", "no column that says which article"),
        ("SELECT 1 AS id, headline FROM posts", "stands twice"),
        ("SELEKT", "syntax error"),
        ("WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) "
         "SELECT max(id) AS id, 't' AS title FROM n", "needs an index"),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_used_says_why(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str, problem: str
) -> None:
    monkeypatch.setattr(foreign, "QUERY_SECONDS_MAX", 0.2)
    with closing(cms(tmp_path / "cms.db")):
        assert problem in desk.look(reading(tmp_path / "cms.db", query)).problem


def test_odd_cells_and_a_damaged_file_cost_nobody_anything(desk: Desk, tmp_path: Path) -> None:
    with closing(cms(tmp_path / "cms.db", "DELETE")) as connection:
        connection.execute("UPDATE posts SET headline = CAST(x'ff46' AS TEXT), body = x'ff00'")
        desk.look(reading(tmp_path / "cms.db"))
        assert desk.titles() == ["\ufffdF"] * 3
    (tmp_path / "other.db").write_bytes(b"no database at all, but long enough to be read as one")
    state = desk.look(reading(tmp_path / "other.db"))

    assert "not a database" in state.problem
    assert "no database here" in desk.look(reading(tmp_path / "nowhere.db")).problem
