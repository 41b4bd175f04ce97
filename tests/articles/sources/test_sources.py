"""A file of any supported format gives its articles; nothing it holds can cost more than itself."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from articles import clean, sources
from articles.model import Draft, LeftOut, Refusal

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SHARED = Path(__file__).parents[4] / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data")

LINE = b'{"title": "T", "summary": "S"}\n'
RSS = b"<rss version='2.0'><channel><item><title>T</title></item></channel></rss>"
PAGE = b"<!DOCTYPE html><html><h1>A T</h1><p>" + b"Words of the page. " * 30 + b"</p></html>"
TEXT = b"A Headline of Several Words\n\nWords of the page that end here."


def read(name: str, data: bytes, **said: str) -> list[Draft | Refusal]:
    return list(sources.read(name, io.BytesIO(data), **said))


@pytest.mark.parametrize(
    ("name", "data", "count"),
    [
        ("a.jsonl", LINE * 3, 3),
        ("a.ndjson", LINE, 1),
        ("a.json", LINE * 3, 3),
        ("a.json", b'[{"title": "T"}, {"title": "U"}]', 2),
        ("a.json", b'{"items": [{"title": "T"}]}', 1),
        ("a.json", b'{\n"title": "T"}', 1),
        ("feed", RSS, 1),
        ("feed.xml", b"\xef\xbb\xbf\n" + RSS, 1),
        ("feed.html", RSS, 1),
        ("a.html", PAGE, 1),
        ("a.xml", PAGE, 1),
        ("a", PAGE, 1),
        ("a.html", PAGE.removeprefix(b"<!DOCTYPE html>"), 1),
        ("a.txt", TEXT, 1),
        ("A.TXT", TEXT.decode().encode("utf-16"), 1),
    ],
)
def test_a_format_is_known_by_name_and_by_content(name: str, data: bytes, count: int) -> None:
    for given, packed in (
        (name, data),
        (f"{name}.gz", gzip.compress(data)),
        (name, gzip.compress(data)),
    ):
        found = read(given, packed)

        assert len(found) == count
        assert all(isinstance(each, Draft) for each in found), found


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"%PDF-1.7\n\x00\x01"),
        ("a.pdf", b"%PDF-1.7\n"),
        ("a.docx", b"PK\x03\x04\x00"),
        ("notes", b"Words in a file without an ending"),
        ("a.txt", b"\x00\x01\x02"),
        ("a.jsonl", b" \n"),
        ("a.opml", b"<?xml version='1.0'?><opml version='2.0'><body/></opml>"),
    ],
)
def test_what_is_not_supported_is_refused_once_with_what_would_help(name: str, data: bytes) -> None:
    (found,) = read(name, data)

    assert isinstance(found, Refusal)
    assert found.where == ""
    assert (
        "supported: JSON Lines" in found.reason
        or "import" in found.reason
        or "save" in found.reason
    )


def test_the_callers_address_and_date_reach_pages_and_texts() -> None:
    for name, data in (("a.html", PAGE), ("a.txt", TEXT)):
        (found,) = read(name, data, url="https://news.example.org/1", published="2026-11-20")

        assert isinstance(found, Draft)
        assert (found.url, found.published_at) == ("https://news.example.org/1", "2026-11-20")


def test_a_large_file_of_lines_is_read_as_it_is_asked_for() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return LINE * 1000

    found = sources.read("a.jsonl", Endless())  # type: ignore[arg-type]

    assert isinstance(next(found), Draft)
    assert isinstance(next(found), Draft)


def test_a_line_without_end_costs_itself_and_not_the_memory() -> None:
    endless = b'{"title": "' + b"x" * 40_000_000 + b'"}\n'

    first, refusal, last = read("a.jsonl", LINE + endless + LINE)

    assert isinstance(first, Draft)
    assert isinstance(refusal, Refusal)
    assert refusal.where == "line 2"
    assert isinstance(last, Draft)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.xml.gz", "a.txt.gz"])
def test_a_gzip_bomb_is_stopped(name: str) -> None:
    start = {"a.jsonl.gz": LINE, "a.xml.gz": b"<rss>", "a.txt.gz": b"T\n"}[name]
    bomb = gzip.compress(start + b" " * 200_000_000, compresslevel=9)

    found = read(name, bomb)

    assert isinstance(found[-1], Refusal)
    assert "cannot be read to its end" in found[-1].reason


def test_a_damaged_gzip_file_gives_what_came_before_the_damage() -> None:
    packed = gzip.compress(b"".join(b'{"title": "%d"}\n' % n for n in range(30_000)))

    found = read("a.jsonl.gz", packed[: len(packed) // 2])

    assert isinstance(found[0], Draft)
    assert isinstance(found[-1], Refusal)
    assert "cannot be read to its end" in found[-1].reason


def test_a_document_past_its_limit_is_refused() -> None:
    (found,) = read("a.xml", b"<rss>" + b" " * sources.DOCUMENT_BYTES_MAX)

    assert isinstance(found, Refusal)
    assert "64 MiB" in found.reason


# --- what others wrote -------------------------------------------------------------------------


def cleaned(path: Path, **said: str) -> tuple[int, list[str]]:
    """(articles published, reasons for those that are not)."""
    published, reasons = 0, []
    with path.open("rb") as stream:
        for found in sources.read(path.name, stream, **said):
            if isinstance(found, Refusal):
                reasons.append(found.reason)
                continue
            try:
                clean.article(found, id="tag:x", first_seen_at=NOW)
                published += 1
            except clean.RefusedError as error:
                reasons.append(str(error))
    return published, reasons


@needs_data
@pytest.mark.slow
def test_every_real_article_comes_through() -> None:
    published, reasons = cleaned(SHARED / "articles.jsonl.gz")

    assert (published, reasons) == (14_771, [])


@needs_data
@pytest.mark.slow
def test_every_feed_gives_each_of_its_entries_or_says_why_not() -> None:
    paths = sorted((SHARED / "feeds").glob("*"))
    published, reasons = 0, []
    for path in paths:
        each = cleaned(path)
        published += each[0]
        reasons += each[1]

    assert len(paths) == 288
    assert published >= 350
    known = ("without a title", "no title", "nothing to read", "OPML", "not a", "not an")
    assert [reason for reason in reasons if not any(word in reason for word in known)] == []


@needs_data
def test_every_export_gives_its_posts_or_says_why_not() -> None:
    paths = sorted((SHARED / "exports").glob("*"))
    posts, kinds, reasons = 0, set(), []
    for path in paths:
        with path.open("rb") as stream:
            for found in sources.read(path.name, stream, url="https://x.example/"):
                posts += isinstance(found, Draft)
                kinds |= {found.what} if isinstance(found, LeftOut) else set()
                reasons += [found.reason] if isinstance(found, Refusal) else []

    assert len(paths) > 60
    assert posts >= 50
    assert {"page", "attachment"} <= kinds
    known = ("title", "without posts", "headline", "has to be")
    assert [reason for reason in reasons if not any(word in reason for word in known)] == []


@needs_data
@pytest.mark.slow
def test_every_real_page_gives_its_article() -> None:
    paths = sorted((SHARED / "html").glob("*_source.html")) + sorted(
        (SHARED / "html").glob("trafilatura*")
    )
    assert len(paths) > 90

    silent = [path.name for path in paths if cleaned(path, url="https://x.example/")[0] != 1]

    assert len(silent) <= 3, silent


@needs_data
def test_the_article_the_project_started_from_is_published() -> None:
    assert cleaned(SHARED / "seed-article.txt", url="https://x.example/1") == (1, [])


def test_json_that_is_text_of_any_kind_never_raises() -> None:
    for value in (None, [], {}, [None], [[]], {"items": 4}, {"articles": {}}, "x", {"items": [[]]}):
        read("a.json", json.dumps(value).encode())
