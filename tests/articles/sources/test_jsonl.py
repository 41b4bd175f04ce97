"""One article a line; a bad line is named and costs only itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from articles.model import Draft, Refusal
from articles.sources import jsonl

FULL = {
    "id": "41",
    "source": "https://news.example.org/archive",
    "url": "https://news.example.org/a/41",
    "title": "A headline",
    "summary": "A standfirst.",
    "body_html": "<p>Words.</p>",
    "authors": ["Ines Halvorsen"],
    "published": "2026-11-20T08:00:00Z",
    "updated": "2026-11-20T09:00:00Z",
    "section": "World",
    "tags": ["aid"],
    "regions": ["SY", "TR"],
    "image_url": "https://news.example.org/i/1.jpg",
    "image_alt": "A convoy",
    "image_caption": "A convoy at dusk.",
    "image_credit": "Photo desk",
    "language": "en",
    "dateline": "ANKARA",
    "status": "draft",
    "correction": "An earlier version misspelt a name.",
    "related": ["Another headline"],
    "hidden": True,
    "licence": "ours",
}


def one(fields: object) -> Draft | Refusal:
    (found,) = jsonl.read([json.dumps(fields).encode()])
    return found


def test_every_field_finds_its_place() -> None:
    assert one(FULL) == Draft(
        source="https://news.example.org/archive",
        source_key="41",
        url="https://news.example.org/a/41",
        title="A headline",
        standfirst="A standfirst.",
        body_html="<p>Words.</p>",
        authors=("Ines Halvorsen",),
        published_at="2026-11-20T08:00:00Z",
        updated_at="2026-11-20T09:00:00Z",
        section="World",
        tags=("aid",),
        regions=("SY", "TR"),
        image_url="https://news.example.org/i/1.jpg",
        image_alt="A convoy",
        image_caption="A convoy at dusk.",
        image_credit="Photo desk",
        language="en",
        dateline="ANKARA",
        status="draft",
        correction="An earlier version misspelt a name.",
        related=("Another headline",),
    )


def test_our_own_names_go_before_those_of_others() -> None:
    found = one(
        {
            "title": "T",
            "standfirst": "ours",
            "summary": "theirs",
            "body": "<p>B",
            "published_at": "x",
        }
    )

    assert isinstance(found, Draft)
    assert (found.standfirst, found.body_html, found.published_at) == ("ours", "<p>B", "x")


def test_null_is_as_good_as_absent_and_a_number_as_good_as_its_digits() -> None:
    found = one({"title": "T", "id": 41, "regions": None, "summary": None, "published": 1763625600})

    assert found == Draft(title="T", source_key="41", published_at="1763625600")


def test_one_author_need_not_be_a_list() -> None:
    found = one({"title": "T", "authors": "Ines Halvorsen"})

    assert isinstance(found, Draft)
    assert found.authors == ("Ines Halvorsen",)


def test_an_article_without_id_is_known_by_its_address_or_else_its_words() -> None:
    with_address = one({"title": "T", "url": "https://news.example.org/1"})
    without, same, other = (one({"title": title}) for title in ("T", "T", "U"))

    assert isinstance(with_address, Draft)
    assert with_address.source_key == "https://news.example.org/1"
    assert isinstance(without, Draft)
    assert isinstance(same, Draft)
    assert isinstance(other, Draft)
    assert without.source_key == same.source_key != other.source_key


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"title": "caf\xe9"}', "not UTF-8 at byte 15"),
        (b'["title"]', "a list"),
        (b"42", "a number"),
        (b"null", "nothing"),
        (b'{"summary": "no headline"}', "no title"),
        (b'{"title": " "}', "no title"),
        (b'{"title": ["T"]}', "title is a list"),
        (b'{"title": true}', "title is true or false"),
        (b'{"title": "T", "body_html": {"a": 1}}', "body_html is an object"),
        (b'{"title": "T", "authors": [{"name": "A"}]}', "authors holds an object"),
        (b'{"title": "T", "tags": 4}', "tags is a number"),
        (b'{"title": "T", "status": "live"}', "status is 'live'"),
        (b'{"title": "' + b"x" * jsonl.LINE_BYTES_MAX + b'"}', "longer than 10 MiB"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else value,
)
def test_a_bad_line_is_named_with_its_fault_and_the_others_go_on(line: bytes, named: str) -> None:
    good = b'{"title": "Good"}'

    first, refusal, last = jsonl.read([good, b"  \n", line, good])

    assert isinstance(first, Draft)
    assert isinstance(last, Draft)
    assert isinstance(refusal, Refusal)
    assert refusal.where == "line 3"
    assert named in refusal.reason


def test_a_byte_order_mark_is_no_fault() -> None:
    (found,) = jsonl.read([b'\xef\xbb\xbf{"title": "T"}\n'])

    assert isinstance(found, Draft)


DOCS = Path(__file__).parents[3] / "docs" / "import.md"


def test_the_documentation_names_every_field_and_its_example_is_one() -> None:
    documented = DOCS.read_text()
    (example,) = re.findall(r"```json\n(.*)\n```", documented)

    for name in (*(name for names in jsonl.TEXTS.values() for name in names), *jsonl.LISTS):
        assert f"`{name}`" in documented
    assert isinstance(one(json.loads(example)), Draft)
