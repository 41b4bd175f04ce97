"""Word vectors, an extra: headlines that say one thing in two ways, and grouping without it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from articles import vectors

APART = [
    "Stock markets tumble on Wall Street",
    "Doctors find new treatment for asthma",
    "Singer cancels her summer tour",
    "Village school gets a bigger library",
    "Rail workers vote for a strike",
]


def likenesses(articles, shortness=1.0):
    """What the use of words adds, each to each, where words themselves say nothing."""
    headlines = [article.title for article in articles]
    used = vectors.usage(articles, headlines, np.full(len(articles), shortness))
    table = np.zeros((len(articles), len(articles)), np.float32)
    if used:
        used.blend(table, (0, len(articles)), (0, len(articles)))
    return table


@pytest.fixture
def headline(make_article):
    def make(title, language="en"):
        return make_article(title, body_text="", standfirst="", language=language)

    return make


def test_two_headlines_without_a_word_in_common_can_be_alike(headline):
    articles = [headline(title) for title in (*APART, "Shares plunge at New York exchange")]

    with_last = likenesses(articles)[-1, :-1]

    assert with_last.argmax() == 0
    assert with_last[0] > 0.05


def test_full_texts_are_left_to_their_words(headline):
    articles = [headline(title) for title in APART]

    assert not likenesses(articles, shortness=0.0).any()


def test_other_languages_are_not_alike_for_being_foreign(headline):
    german = [
        headline(title, "de")
        for title in ("Aktienkurse fallen an der Börse", "Kurssturz an den Märkten")
    ]

    table = likenesses([*(headline(title) for title in APART), *german])

    assert not table[-2:].any()


def test_part_of_the_articles_is_as_alike_as_it_is_among_all(headline):
    articles = [headline(title) for title in (*APART, "Shares plunge at New York exchange")]
    used = vectors.usage(articles, [a.title for a in articles], np.ones(len(articles)))
    table = np.zeros((3, 3), np.float32)

    used.part(3, 6).blend(table, (0, 3), (0, 3))

    assert np.allclose(table, likenesses(articles)[3:, 3:], atol=1e-6)


WITHOUT = """
import sys
from datetime import UTC, datetime

sys.modules["wordllama"] = None  # as if it were not installed

from articles import stories
from articles.model import Article

at = datetime(2026, 5, 1, tzinfo=UTC)
articles = [
    Article(id=title, title=title, published_at=at, updated_at=at)
    for title in ("Ceasefire signed in Geneva", "Geneva ceasefire signed", "Rain in the north")
]
print(sorted(map(len, stories.group(articles))))
"""


def test_stories_are_grouped_without_the_extra_as_well():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[1, 2]"


def test_the_library_leaves_the_program_s_logging_alone():
    asked = (
        "import logging; from articles import vectors; assert vectors._model();"
        "assert not logging.getLogger().handlers; assert logging.getLogger().level == 30"
    )

    subprocess.run([sys.executable, "-c", asked], check=True)
