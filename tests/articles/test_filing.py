"""Which feeds an article is in, by the names readers meet in addresses."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import filing
from articles.filing import slug
from articles.model import Article

Make = Callable[..., Article]


def test_an_article_is_filed_under_all_that_is_said_of_it(make_article: Make) -> None:
    article = make_article(
        regions=("syria", "middle-east"),
        section="World",
        tags=("Grain", "ports & ships"),
        authors=("Ines Halvorsen",),
        language="pt-BR",
    )

    assert filing.names(article) == {
        "all": "",
        "syria": "",
        "middle-east": "",
        "section_world": "World",
        "tag_grain": "Grain",
        "tag_ports_ships": "ports & ships",
        "author_ines_halvorsen": "Ines Halvorsen",
        "language_pt": "",
    }


def test_an_article_that_says_nothing_of_itself_is_in_the_feed_of_all(make_article: Make) -> None:
    assert list(filing.names(make_article(authors=(), language=""))) == ["all"]


def test_a_page_with_hundreds_of_tags_is_filed_under_the_first(make_article: Make) -> None:
    article = make_article(tags=tuple(f"tag {n}" for n in range(300)))

    assert len([name for name in filing.names(article) if name.startswith("tag_")]) == 12


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Grain", "grain"),
        ("Réunion", "Reunion"),
        ("  Ports   and-ships ", "ports and ships"),
        ("J. Halvorsen", "J Halvorsen"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_what_a_reader_takes_for_the_same_word_is_one(one: str, other: str) -> None:
    assert slug(one) == slug(other)


@pytest.mark.parametrize(
    ("one", "other"), [("C++", "C#"), ("C", "C++"), ("سوريا", "لبنان"), ("x" * 60, "x" * 61)]
)
def test_other_words_have_other_names(one: str, other: str) -> None:
    assert slug(one) != slug(other)


def test_a_name_is_the_same_for_ever() -> None:
    """Readers are subscribed to these: a change of the rule would cut them off."""
    words = ["Ports & Ships", "Ødegaard", "C++", "港口", "../../etc/passwd", ""]

    assert [slug(each) for each in words] == [
        "ports_ships",
        "odegaard",
        "c__cedb1bac7efc",
        "5cc1444ad44d",
        "etc_passwd",
        "e3b0c44298fc",
    ]


@given(st.text())
def test_any_word_gives_a_name_that_is_safe_in_files_and_addresses(word: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(_{1,2}[a-z0-9]+)*", slug(word))
    assert len(slug(word)) <= 62
