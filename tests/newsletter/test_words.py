from __future__ import annotations

import string
from dataclasses import fields
from datetime import date, time

import pytest
from babel import Locale

from newsletter.languages import ENGLISH, LANGUAGES, words
from newsletter.words import Words, direction, primary

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("tag", "is_spoken"),
    [("en", "en"), ("en-GB", "en"), ("fr-CA", "fr"), ("AR", "ar"), ("de_AT", "de"), ("fa", "en")],
)
def test_a_language_is_found_by_its_first_part_and_english_stands_in(
    tag: str, is_spoken: str
) -> None:
    assert words(tag).language == is_spoken


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("ar", "rtl"),
        ("fa-IR", "rtl"),
        ("he", "rtl"),
        ("ur_PK", "rtl"),
        ("az-Arab", "rtl"),
        ("ku-Arab-IQ", "rtl"),
        ("ar-Latn", "ltr"),
        ("en", "ltr"),
        ("zh-Hant", "ltr"),
        ("", "ltr"),
    ],
)
def test_a_language_is_written_in_one_direction(tag: str, expected: str) -> None:
    assert direction(tag) == expected


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en", "Sunday, 22 November 2026", "22 Nov"),
        ("fr", "dimanche 22 novembre 2026", "22 nov."),
        ("de", "Sonntag, 22. November 2026", "22. Nov."),
        ("es", "domingo, 22 de noviembre de 2026", "22 nov"),
        ("ar", "الأحد، 22 نوفمبر 2026", "22 نوفمبر"),
    ],
)
def test_days_are_written_as_the_language_writes_them(language: str, long: str, short: str) -> None:
    assert words(language).long(SUNDAY) == long
    assert words(language).short(SUNDAY) == short


def test_english_lists_have_no_comma_before_and() -> None:
    assert ENGLISH.listed(["Middle East", "Caucasus", "Sahel"]) == "Middle East, Caucasus and Sahel"


@pytest.mark.parametrize(
    ("n", "expected"),
    [(1, "قصة واحدة"), (2, "قصتان"), (4, "4 قصص"), (12, "12 قصة"), (103, "103 قصص")],
)
def test_arabic_counts_by_its_six_plurals(n: int, expected: str) -> None:
    assert words("ar").count(words("ar").stories, n) == expected


def test_a_city_is_named_in_the_language() -> None:
    assert words("ar").each_day(time(6, 30), "Asia/Amman").endswith("عمّان")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_placeholders_of_the_english_phrase(language: str) -> None:
    """A phrase without {title} would send a subject without one."""

    def names(phrase: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}

    for each in fields(Words):
        ours, theirs = getattr(ENGLISH, each.name), getattr(LANGUAGES[language], each.name)
        if isinstance(ours, str):
            assert names(theirs) == names(ours), each.name
        else:
            assert "other" in theirs, each.name
            assert all(names(phrase) <= {"n"} for phrase in theirs.values()), each.name
            assert set(theirs) <= {
                *Locale.parse(LANGUAGES[language].locale).plural_form.tags,
                "other",
            }


def test_the_first_part_of_a_tag_is_the_language() -> None:
    assert primary("zh-Hant-TW") == "zh"
