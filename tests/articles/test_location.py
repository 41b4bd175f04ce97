"""The town an article takes place in: only where its words really put something there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from articles import regions
from articles.model import Article, Place, Placement
from articles.places import tables
from articles.regions import RegionTable

MakeArticle = Callable[..., Article]
TABLE = RegionTable.load()


def town(article: Article) -> str | None:
    place = regions.place(article, regions.tag(article, TABLE), TABLE)
    return place.name if place else None


@pytest.mark.parametrize(
    ("dateline", "title", "body", "name"),
    [
        ("ALEPPO, March 3", "Bakers strike", "Syria's bread is short.", "Aleppo"),
        ("", "Bakers strike", "ALEPPO, Syria (Wire) - Syria's bread is short.", "Aleppo"),
        ("", "Bakers strike in Aleppo", "Syria's bread is short.", "Aleppo"),
        ("", "Aleppo's bakers strike", "In Aleppo bread is short all over Syria.", "Aleppo"),
        ("", "Bakers strike in Syria", "Damascus blamed Aleppo for the Syrian crisis.", None),
        ("", "Moscow warns Kyiv", "Russia and Ukraine spoke again.", None),
        ("", "Bakers strike", "Syria's bread is short.", None),
        ("PARIS, Texas", "Bakers strike", "Bread is short.", "Paris"),
    ],
)
def test_a_town_is_named_by_dateline_or_as_a_scene(
    dateline: str, title: str, body: str, name: str | None, make_article: MakeArticle
) -> None:
    assert town(make_article(title, dateline=dateline, standfirst="", body_text=body)) == name


def test_a_point_stands_only_for_the_town_of_that_country(make_article: MakeArticle) -> None:
    there = make_article("A", dateline="PARIS, March 3", standfirst="", body_text="Rain.")
    elsewhere = make_article("A", dateline="PARIS, Texas", standfirst="", body_text="Rain.")

    found = [regions.place(a, regions.tag(a, TABLE), TABLE) for a in (there, elsewhere)]

    assert found == [
        Place(name="Paris", country="FR", latitude=48.86, longitude=2.35),
        Place(name="Paris", country="US"),
    ]


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("de", "Die Bäcker in Damaskus streiken. Syrien hat wenig Brot."),
        ("fr", "Les boulangers sont en grève à Damas. La Syrie manque de pain."),
        ("es", "Los panaderos están en huelga en Damasco. Siria tiene poco pan."),
        ("ar", "أضرب الخبازون في دمشق. الخبز قليل في سوريا."),
    ],
)
def test_towns_are_known_in_the_languages_of_the_mail(
    language: str, body: str, make_article: MakeArticle
) -> None:
    article = make_article("", language=language, standfirst="", body_text=body)

    place = regions.place(article, regions.tag(article, TABLE), TABLE)

    assert place is not None
    assert (place.country, place.latitude) == ("SY", 33.51)


def test_an_editors_country_decides_which_town(make_article: MakeArticle) -> None:
    article = make_article(
        "Talks", standfirst="", body_text="Talks in Geneva on Syria. Shells fell near Homs."
    )
    editor = [Placement(code="SY", origin="editor", score=1.0)]

    place = regions.place(article, editor, TABLE)

    assert place is not None
    assert place.name == "Homs"


def test_every_point_is_on_the_globe_and_of_a_known_country() -> None:
    codes = {country.code for country in tables.countries()}
    rows = tables.coordinates()

    assert {code for code, _, _ in rows} <= codes
    assert all(-90 <= latitude <= 90 and -180 <= east <= 180 for _, _, (latitude, east) in rows)
    assert len({(code, name) for code, name, _ in rows}) == len(rows) > 400
