"""Stories against what people said belongs together, and the article the project started from."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path

import pytest

from articles import stories

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason="no shared data"),
]


@pytest.fixture(scope="module")
def fit():
    """The benchmark: it reads the labelled sets and scores groups."""
    spec = importlib.util.spec_from_file_location("fit", ROOT / "benchmarks" / "fit_stories.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "bcubed", "pairs"),
    [("events", 96, 90), ("ogen", 76, 47)],
)
def test_stories_are_those_that_people_see(fit, name, bcubed, pairs):
    articles, gold = fit.read(name)

    found = fit.f1(stories.group(articles), gold)

    assert found[0] >= bcubed
    assert found[1] >= pairs


def test_the_article_we_started_from_and_the_three_that_its_page_names_are_one(make_article):
    lines = (SHARED / "seed-article.txt").read_text("utf-8").splitlines()
    named = [line for line in lines if "Southern" in line and "Conflict" in line and len(line) < 80]
    seed = make_article(lines[0], body_text="\n".join(lines[2:30]), related=tuple(named))
    others = [
        make_article(title, body_text="", standfirst="", hours_ago=36 * (number + 1))
        for number, title in enumerate(named)
    ]

    assert len(named) == 3
    assert len(stories.group([seed, *others])) == 1


def test_any_order_of_a_thousand_real_headlines_gives_the_same_stories(fit):
    articles, _ = fit.read("og")
    part = articles[:1_000]
    shuffled = random.Random(7).sample(part, len(part))

    assert stories.group(shuffled) == stories.group(part)
