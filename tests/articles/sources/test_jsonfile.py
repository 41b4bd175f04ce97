"""A JSON file is a feed, an export or a list of articles, and is told apart by what it holds."""

from __future__ import annotations

import json

import pytest

from articles.model import Draft, LeftOut, Refusal
from articles.sources import jsonfile


def read_json(document: object) -> list[Draft | Refusal | LeftOut]:
    return list(jsonfile.read(json.dumps(document).encode()))


def test_a_json_feed_gives_all_it_says() -> None:
    item = {
        "id": 7,
        "url": "https://courier.example/7",
        "title": "T",
        "summary": "S",
        "content_html": "<p>H",
        "content_text": "H",
        "image": "https://courier.example/7.jpg",
        "date_published": "2026-11-20T08:00:00Z",
        "date_modified": "2026-11-21T08:00:00Z",
        "authors": [{"name": "Ines Halvorsen"}, {"url": "https://courier.example"}],
        "tags": ["Sea", 4],
        "language": "en",
    }

    found = read_json(
        {"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [item]}
    )

    assert found == [
        Draft(
            source="F",
            source_key="7",
            url="https://courier.example/7",
            title="T",
            standfirst="S",
            body_html="<p>H",
            authors=("Ines Halvorsen",),
            language="en",
            published_at="2026-11-20T08:00:00Z",
            updated_at="2026-11-21T08:00:00Z",
            tags=("Sea",),
            image_url="https://courier.example/7.jpg",
        )
    ]


def test_odd_json_is_refused_entry_by_entry() -> None:
    odd = read_json(
        {"items": [1, {"title": []}, {"title": "T", "authors": 3, "tags": "x", "id": []}]}
    )

    assert [type(each) for each in odd] == [Refusal, Refusal, Draft]
    assert [each.where for each in odd[:2] if isinstance(each, Refusal)] == ["entry 1", "entry 2"]


def test_a_json_list_holds_articles_of_our_own_fields() -> None:
    found = read_json([{"title": "T", "summary": "S"}, {"summary": "S"}])
    same = read_json({"articles": [{"title": "T", "summary": "S"}]})
    single = read_json({"title": "T", "summary": "S"})

    assert isinstance(found[0], Draft)
    assert found[0].standfirst == "S"
    assert isinstance(found[1], Refusal)
    assert found[:1] == same == single


@pytest.mark.parametrize("data", [b"{", b"[" * 100_000, b"\xff{}", b"4"])
def test_what_is_no_json_is_refused_with_a_reason(data: bytes) -> None:
    (found,) = jsonfile.read(data)

    assert isinstance(found, Refusal)
