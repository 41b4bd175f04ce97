"""How articles come in, one file a format: bytes in, drafts out."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from articles.model import Draft, LeftOut, Refusal
from articles.sources import feed, jsonfile, jsonl, markdown, page, table, text, wxr

#: A file as it lies there. A newsroom's whole archive as JSON Lines is some hundred MB.
FILE_BYTES_MAX = 2_147_483_648
#: What a gzip file may grow to, and how many times its size: prose is 1/3, a bomb 1/1000.
UNPACKED_BYTES_MAX, UNPACKED_RATIO_MAX = 8_589_934_592, 100
#: Formats that are read whole. The longest feeds and exports in use are a tenth of it.
DOCUMENT_BYTES_MAX = 67_108_864
#: Articles of one file; an archive past it is better imported by year.
ARTICLES_MAX = 1_000_000
#: How far a file is looked into to know its format.
HEAD_BYTES = 65_536

if TYPE_CHECKING:
    from typing_extensions import Buffer

SUPPORTED = (
    "JSON Lines (.jsonl, .ndjson), JSON Feed, a list of articles or a Ghost export (.json), RSS,"
    " Atom or a WordPress export (.xml, .rss, .atom), a table (.csv, .tsv), Markdown (.md), a web"
    " page (.html) or a page copied as text (.txt), each also as .gz"
)
#: How UTF-16 and UTF-32 begin, with a byte order mark or with "<".
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0", b"\0\0\xfe\xff", b"\0\0\0<")
#: What may have front matter before it.
_FRONTED = ("markdown", "page", "text", "")
_ENDINGS = {
 "jsonl": "lines", "ndjson": "lines", "json": "json", "xml": "feed", "rss": "feed",
    "rdf": "feed", "atom": "feed", "html": "page", "htm": "page", "xhtml": "page", "txt": "text",
    "text": "text", "md": "markdown", "markdown": "markdown", "csv": "csv", "tsv": "csv",
}  # fmt: skip


Found = Iterator[Draft | Refusal | LeftOut]


def read(
    name: str,
    stream: BinaryIO,
    *,
    url: str = "",
    published: str = "",
    names: Mapping[str, str] | None = None,
) -> Found:
    """The articles of an open file: a draft for each, a refusal for each that cannot be read.

    The format is known by the file's name and by how it begins. JSON Lines are read line by line,
    other formats whole. `url` and `published` are used by pages and by texts that lack their own;
    a feed's or an export's relative addresses are resolved against `url`. `names` says which column
    of a table holds a field: {"title": "Headline"}. Nothing is fetched.
    """
    try:
        yield from islice(_read(name, _opened(stream), url, published, names), ARTICLES_MAX)
    except (OSError, EOFError, zlib.error) as error:  # BadGzipFile is an OSError
        yield Refusal(where="", reason=f"cannot be read to its end: {error}")


def _read(
    name: str,
    stream: io.BufferedReader,
    url: str,
    published: str,
    names: Mapping[str, str] | None,
) -> Found:
    head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    match recognised(name, head):
        case "lines":
            yield from jsonl.read(_lines(stream))
        case "json":
            yield from jsonfile.read(_whole(stream), url=url)
        case "feed":
            yield from feed.read(_whole(stream), url=url)
        case "wxr":
            yield from wxr.read(_whole(stream), url=url)
        case "csv":
            yield from table.read(_whole(stream), url=url, names=names)
        case "markdown":
            yield markdown.read(_whole(stream), name=name, url=url, published=published)
        case "page":
            yield page.read(_whole(stream), url=url, published=published)
        case "text":
            yield text.read(_whole(stream), url=url, published=published)
        case reason:
            yield Refusal(where="", reason=reason)


def recognised(name: str, head: bytes) -> str:
    """The format's name, one of `_read`'s; else a sentence that says what would be."""
    ending = name.lower().removesuffix(".gz").rpartition(".")[2]
    by_name = _ENDINGS.get(ending, "")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "the file is empty; save the articles into it first"
    if b"\0" in head and not head.startswith(_WIDE):
        return f"not a text file; supported: {SUPPORTED}"
    if start.startswith((b"---\n", b"---\r\n", b"+++\n", b"+++\r\n")) and by_name in _FRONTED:
        return "markdown"
    if by_name in ("csv", "markdown"):
        return by_name
    if re.search(rb"<(?:opml|outlinedocument)\b", start[:2000]):
        return "an OPML file lists feeds and holds no articles; import the feeds themselves"
    if start.startswith((b"<!doctype html", b"<html")):
        return "page"
    if b"wordpress.org/export/" in start and b"<rss" in start:
        return "wxr"
    if any(tag in start for tag in (b"<rss", b"<feed", b"<rdf:rdf")) and start[:1] == b"<":
        return "feed"
    if start[:1] in (b"{", b"["):
        return "lines" if by_name == "lines" or _begins_with_a_line(head) else "json"
    return by_name or f"not a known format; supported: {SUPPORTED}"


def _begins_with_a_line(head: bytes) -> bool:
    line, newline, rest = head.strip().partition(b"\n")
    try:
        return bool(newline and rest.strip()) and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _opened(stream: BinaryIO) -> io.BufferedReader:
    """The stream, unpacked if it is gzip whatever its name, counting what it gives."""
    packed = _Counted(stream)
    opened = _buffered(packed)
    if opened.peek(2)[:2] != b"\x1f\x8b":
        return opened
    return _buffered(_Counted(gzip.GzipFile(fileobj=opened), packed))


def _buffered(stream: _Counted) -> io.BufferedReader:
    return io.BufferedReader(stream, HEAD_BYTES)


class _Counted(io.RawIOBase):
    """A stream that ends in an error where it becomes unreasonable."""

    def __init__(self, stream: BinaryIO | gzip.GzipFile, packed: _Counted | None = None) -> None:
        self.stream, self.packed, self.bytes = stream, packed, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        into = memoryview(buffer)
        read = self.stream.read(len(into))
        into[: len(read)] = read
        self.bytes += len(read)
        if self.packed is None:
            if self.bytes > FILE_BYTES_MAX:
                raise OSError(f"larger than {FILE_BYTES_MAX >> 20} MiB; split it")
        elif self.bytes > min(
            UNPACKED_BYTES_MAX, max(DOCUMENT_BYTES_MAX, UNPACKED_RATIO_MAX * self.packed.bytes)
        ):
            raise OSError("it unpacks to more than text can; unpack it yourself and look at it")
        return len(read)


def _lines(stream: io.BufferedReader) -> Iterator[bytes]:
    """Lines; of one that is too long only as much as shows that it is."""
    while line := stream.readline(jsonl.LINE_BYTES_MAX + 1):
        yield line
        while not line.endswith(b"\n") and len(line) > jsonl.LINE_BYTES_MAX:
            line = stream.readline(jsonl.LINE_BYTES_MAX + 1)


def _whole(stream: io.BufferedReader) -> bytes:
    data = stream.read(DOCUMENT_BYTES_MAX + 1)
    if len(data) > DOCUMENT_BYTES_MAX:
        raise OSError(f"larger than {DOCUMENT_BYTES_MAX >> 20} MiB; split it, or use JSON Lines")
    return data
