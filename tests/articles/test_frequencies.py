"""What is usual in news at large, for desks too small to tell."""

from __future__ import annotations

from articles import similarity
from articles.frequencies import usual


def test_words_of_all_news_are_usual_and_names_are_not():
    table = usual()

    assert table["year"] > 0.1
    assert "nusayb" not in table
    assert all(0 < share <= 1 for share in table.values())


def test_a_usual_word_weighs_less_than_a_rare_one_in_a_collection_of_two():
    bags = [{"year": 1, "nusayb": 1}, {"harbour": 1}]

    rows = similarity.tfidf(bags, terms_max=9, usual=usual())

    weight = dict(zip(rows.terms[:2].tolist(), rows.weights[:2].tolist(), strict=True))
    assert weight[0] < weight[1]
