"""Where names are looked up: by their first letters, in an index compiled of the tables."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from articles.places import lookup, tables
from articles.places.finder import find
from articles.places.lookup import Index
from articles.places.tables import OwnWords, Word


def test_the_index_that_is_shipped_says_what_the_tables_say() -> None:
    shipped = lookup.COMPILED.read_text(encoding="utf-8")

    assert shipped == lookup.compiled(tables.english_words()), (
        "run `python benchmarks/make_english_index.py`"
    )


def test_names_read_from_the_compiled_index_mean_what_those_of_the_tables_do() -> None:
    compiled = lookup.english()
    made = lookup.index(lookup.spellings(tables.english_words()))

    assert {key: compiled.options(key) for key in compiled} == {
        key: made.options(key) for key in made
    }


def test_a_table_that_was_edited_is_read_itself_until_the_index_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copytree(tables.HERE, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "places.txt").open("a", encoding="utf-8") as places:
        places.write("SY city | Newtown on the Euphrates\n")
    for module in (lookup, tables):
        monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(lookup, "COMPILED", tmp_path / "english_index.txt")
    monkeypatch.setattr(tables, "english_words", tables.english_words.__wrapped__)

    fresh = lookup.english.__wrapped__()

    assert names("A fair at Newtown on the Euphrates", fresh) == {"Newtown on the Euphrates": "SY"}


@pytest.mark.parametrize("compiled", ["", "\n\n", "not an index\n\nat all", "no end"])
def test_an_index_that_is_broken_is_made_of_the_tables(
    compiled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "english_index.txt"
    broken.write_text(compiled, encoding="utf-8")
    monkeypatch.setattr(lookup, "COMPILED", broken)

    assert names("Rain in New Zealand", lookup.english.__wrapped__()) == {"New Zealand": "NZ"}


def test_the_longest_name_is_found_whether_ours_or_the_operators() -> None:
    own = OwnWords(
        {
            "New York Island": Word("New York Island", ("GL",), "name"),
            "New": Word("New", ("GB",), "name"),
            "Chad": Word("Chad", (), "none"),
        }
    )
    index = lookup.english(own)

    assert names("New York Island", index) == {"New York Island": "GL"}
    assert names("New York Islanders", index) == {"New York": "US"}
    assert names("New Zealand", index) == {"New Zealand": "NZ"}
    assert names("NEW ZEALAND and New", index) == {"NEW ZEALAND": "NZ", "New": "GB"}
    assert names("Chad and Niger", index) == {"Chad": "", "Niger": "NE"}
    assert names("Chad", lookup.english()) == {"Chad": "TD"}


def test_all_spellings_of_a_word_are_one_object() -> None:
    london, capitals = find("title", "London or LONDON", lookup.english())

    assert london.word is capitals.word


def names(text: str, index: Index) -> dict[str, str]:
    """What was found in a text -> its first reading."""
    return {
        text[each.start : each.end]: "".join(each.codes[:1]) for each in find("title", text, index)
    }
