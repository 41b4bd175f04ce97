"""A page copied as text becomes an article without the page's furniture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from articles.model import Draft, Refusal
from articles.sources import text

COPIED = Path(__file__).parent / "copied"
SHARED = Path(__file__).parents[4] / "shared" / "data"

FIELDS = (
    "title", "section", "standfirst", "image_alt", "image_caption", "image_credit", "language",
    "published_at", "updated_at",
)  # fmt: skip


def draft(copied: str | bytes, **said: str) -> Draft:
    found = text.read(copied.encode() if isinstance(copied, str) else copied, **said)
    assert isinstance(found, Draft)
    return found


@pytest.mark.parametrize("copy", sorted(COPIED.glob("*.txt")), ids=lambda path: path.stem)
def test_a_copied_page_gives_the_article_and_nothing_else(copy: Path) -> None:
    expected = json.loads(copy.with_suffix(".json").read_text())

    found = draft(copy.read_bytes())

    assert {name: getattr(found, name) for name in FIELDS} == {
        name: expected.get(name, "") for name in FIELDS
    }
    assert list(found.authors) == expected.get("authors", [])
    assert list(found.related) == expected.get("related", [])
    paragraphs = found.body_text.split("\n\n")
    assert paragraphs[0].startswith(expected["first"])
    assert paragraphs[-1].startswith(expected["last"])
    assert len(paragraphs) == expected["paragraphs"], paragraphs


def test_an_empty_date_label_is_furniture_and_the_caller_says_the_date() -> None:
    page = (
        "A Headline of Several Words\n\nUpdated on\n2 min read\n\n" + "One sentence of prose. " * 9
    )

    assert draft(page).published_at == ""
    assert draft(page, published="2025-05-07").published_at == "2025-05-07"


def test_a_date_in_the_copy_goes_before_the_callers() -> None:
    page = (
        "A Headline of Several Words\n\nPublished on 3 May 2025\n\n" + "One sentence of prose. " * 9
    )

    assert draft(page, published="2020-01-01").published_at == "2025-05-03"


def test_the_address_is_what_a_second_copy_of_the_page_is_known_by() -> None:
    found = draft(
        "A Headline of Several Words\n\nProse that ends.", url="https://news.example.org/1"
    )

    assert (found.url, found.source_key) == (("https://news.example.org/1",) * 2)


def test_a_copy_without_an_address_is_known_by_its_headline() -> None:
    one, same, other = (
        draft(f"{title}\n\nSome prose that ends here.")
        for title in ("One Headline of Five Words", "One Headline of Five Words", "Another")
    )

    assert one.source_key == same.source_key != other.source_key


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        ("The harbour is closed.velm", "The harbour is closed."),
        ("He said “we are closed.”velm", "He said “we are closed.”"),
        ("Its notices are at velmar.org", "Its notices are at velmar.org"),
        ("The table is in tides.csv", "The table is in tides.csv"),
        ("He works for the U.N.", "He works for the U.N."),
        ("So said the ministry.Then", "So said the ministry.Then"),
    ],
)
def test_only_a_scrap_of_the_next_element_is_cut_from_the_last_sentence(
    end: str, kept: str
) -> None:
    page = (
        f"A Headline of Several Words\n\n{'A sentence of the body. ' * 9}\n\n{'Words ' * 20}{end}"
    )

    assert draft(page).body_text.endswith(kept)
    assert draft(page).body_text.split()[-1] == kept.split()[-1]


def test_a_text_of_two_lines_loses_nothing() -> None:
    found = draft("Velmar reopens\n\nThe harbour is open again\n")

    assert (found.title, found.body_text) == ("Velmar reopens", "The harbour is open again")


def test_a_short_sentence_between_long_paragraphs_and_a_subheading_stay() -> None:
    long = "The surveyors came back in the evening and had nothing to say to the crews. " * 3
    page = (
        f"A Headline of Several Words\n\n{long}\n\nWhat comes next\n\nNobody knew that.\n\n{long}"
    )

    assert draft(page).body_text.split("\n\n")[1:3] == ["What comes next", "Nobody knew that."]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_editors_of_all_ages_are_read(encoding: str) -> None:
    page = "Der Zöllner zählt die Fässer\n\nEr hörte erst am Abend auf zu zählen. Es wurde kühl."

    assert draft(page.encode(encoding)).title == "Der Zöllner zählt die Fässer"


def test_a_text_in_an_unclear_language_says_none() -> None:
    assert draft("Lorem ipsum dolor sit amet\n\nConsectetur adipiscing elit.").language == ""


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"x" * (text.TEXT_MAX + 1)])
def test_nothing_and_too_much_are_refused_with_a_reason(data: bytes) -> None:
    found = text.read(data)

    assert isinstance(found, Refusal)
    assert found.reason


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data")
def test_the_article_the_project_started_from() -> None:
    found = draft(
        (SHARED / "seed-article.txt").read_bytes(), url="https://news.example.org/aid", published=""
    )

    words = " ".join((found.title, found.standfirst, found.body_text))
    assert found.title.startswith("Turkey Sends Military Aid")
    assert found.standfirst.endswith("in the wake of Assad's fall")
    assert found.image_caption.endswith("April 2025")
    assert found.image_alt == found.image_caption
    assert found.image_credit == "Presidency of the Syrian Arab Republic"
    assert found.published_at == found.updated_at == ""
    assert found.language == "en"
    assert len(found.related) == 3
    assert all(headline[0].isupper() and len(headline.split()) >= 8 for headline in found.related)
    assert len(found.body_text.split("\n\n")) == 9
    assert found.body_text.endswith("territory.")
    for furniture in ("Updated on", "min read", "syri\n", "Related", "No stories", "Inter Bellum"):
        assert furniture not in words
    assert not any(headline in words for headline in found.related)
