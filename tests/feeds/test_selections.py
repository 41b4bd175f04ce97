"""What a feed's name selects, and that each selection has one name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.regions import RegionTable
from feeds.catalog import NAME
from feeds.selections import NAME_CHARS_MAX, PARTS_MAX, Selection, SelectionError, parse


def test_parts_are_added_and_taken_away(table: RegionTable) -> None:
    assert parse("middle-east+balkans-syria", table) == Selection(
        ("balkans", "middle-east"), ("syria",)
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("syria", "syria"),
        ("Syria", "syria"),
        ("middle-east+balkans-syria", "balkans+middle-east-syria"),
        ("balkans-syria+middle-east", "balkans+middle-east-syria"),
        ("balkans middle-east-syria", "balkans+middle-east-syria"),
        ("syria+syria", "syria"),
        ("syria+middle-east", "middle-east"),
        ("syria+all", "all"),
        ("-syria", "all-syria"),
        ("all-syria-middle-east", "all-middle-east"),
        ("france+syria-middle-east", "france-middle-east"),
        ("guinea-bissau", "guinea-bissau"),
        ("guinea-guinea-bissau", "guinea-guinea-bissau"),
        ("sudan-south-sudan", "sudan-south-sudan"),
        ("tag_grain+syria-author_ines_halvorsen", "syria+tag_grain-author_ines_halvorsen"),
        ("tag_grain-syria", "tag_grain-syria"),
    ],
)
def test_each_selection_has_one_spelling(written: str, name: str, table: RegionTable) -> None:
    assert parse(written, table).name == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("atlantis", "no feed 'atlantis'"),
        ("syria-atlantis", "no feed 'syria-atlantis'"),
        ("syrai", "did you mean 'syria'"),
        ("", "no feed ''"),
        ("syria-", "no feed 'syria-'"),
        ("../../etc/passwd", "no feed"),
        ("syria-middle-east", "taken away again"),
        ("syria-all", "taken away again"),
        ("+".join(["syria"] * (PARTS_MAX + 1)), "at most 12 parts"),
        ("x" * (NAME_CHARS_MAX + 1), "at most 200 characters"),
        ("-" * NAME_CHARS_MAX, "no feed"),
        ("tag_", "no feed"),
    ],
)
def test_a_name_that_selects_nothing_is_explained(name: str, why: str, table: RegionTable) -> None:
    with pytest.raises(SelectionError, match=why.replace("(", r"\(")):
        parse(name, table)


def test_the_name_of_a_region_is_never_read_as_one_without_another(table: RegionTable) -> None:
    for region in table.regions:
        assert parse(region.slug, table) == Selection((region.slug,))


def test_what_a_region_is_called_cannot_be_asked_of_two_others(table: RegionTable) -> None:
    """The one name shipped that is made of two others: an island group, not a difference."""
    with pytest.raises(SelectionError, match="is the name of a region"):
        parse("-netherlands+caribbean", table)


PARTS = [
    *("all", "syria", "lebanon", "middle-east", "balkans", "serbia", "france", "guinea-bissau"),
    *("guinea", "sudan", "south-sudan", "sahel", "tag_grain", "section_world", "language_ar"),
]


@settings(max_examples=200, deadline=None)
@given(
    some=st.lists(st.sampled_from(PARTS), min_size=1, max_size=5),
    without=st.lists(st.sampled_from(PARTS), max_size=4),
    shuffled=st.randoms(use_true_random=False),
)
def test_however_it_is_written_it_is_one_name_that_says_the_same(
    some: list[str], without: list[str], shuffled: object, table: RegionTable
) -> None:
    def spelled(some: list[str], without: list[str]) -> str:
        return "+".join(some) + "".join(f"-{part}" for part in without)

    try:
        selection = parse(spelled(some, without), table)
    except SelectionError:
        wide = {"all", "middle-east", "balkans", "sahel", *some}
        assert wide & set(without)
        return

    assert parse(selection.name, table) == selection
    assert parse(spelled(sorted(some), sorted(without, reverse=True)), table) == selection
    assert NAME.fullmatch(selection.name)
