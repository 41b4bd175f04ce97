"""What the names of places mean where they stand: hundreds of short reports and their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from articles.model import Article
from articles.regions import RegionTable, explain, tag

CASES = Path(__file__).with_name("region_cases.txt")

#: So many were promised; a case is only taken out for a better one.
CASES_MIN = 300


def cases() -> Iterator[tuple[str, frozenset[str]]]:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            codes, sentence = line.split(" | ", 1)
            yield sentence, frozenset(codes.split()) - {"-"}


@pytest.mark.parametrize(("sentence", "codes"), list(cases()))
def test_a_name_is_read_as_what_it_means_there(
    sentence: str, codes: frozenset[str], make_article: Callable[..., Article]
) -> None:
    table = RegionTable.load()
    article = make_article("", standfirst="", body_text=sentence)

    read = {code for each in explain(article, table) for code in each.codes}
    first = {placement.code for placement in tag(article, table)[:1]}

    assert read == codes
    assert first <= codes
    assert bool(first) == bool(codes)


def test_there_are_cases_enough() -> None:
    assert len(list(cases())) >= CASES_MIN
