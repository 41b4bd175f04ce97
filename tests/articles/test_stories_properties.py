"""What holds for any articles whatever: groups know no order, ids stay, mail is not undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import linkage, stories
from articles.model import Article

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
WORDS = ["Syria", "ceasefire", "bank", "rate", "storm", "port", "vote", "strike", "Łódź", "مصر", ""]

titles = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
any_articles = st.lists(
    st.tuples(titles, st.one_of(titles, st.text(max_size=30)), st.integers(0, 400)), max_size=14
).map(lambda rows: [_article(number, *row) for number, row in enumerate(rows)])

ids = st.sampled_from("abcdefghij")
previous_stories = st.dictionaries(ids, st.integers(1, 5))
partitions = st.dictionaries(ids, st.integers(0, 4)).map(
    lambda cells: [
        tuple(sorted(one for one in cells if cells[one] == cell))
        for cell in sorted(set(cells.values()))
    ]
)


def _article(number: int, title: str, body: str, hours_ago: int) -> Article:
    at = NOW - timedelta(hours=hours_ago)
    return Article(
        id=f"tag:example.org,2026:{number}",
        title=title,
        body_text=body,
        published_at=at,
        updated_at=at,
    )


@settings(max_examples=60, deadline=None)
@given(any_articles, st.randoms())
def test_the_order_in_which_articles_come_is_of_no_account(articles, chance):
    shuffled = list(articles)
    chance.shuffle(shuffled)

    assert stories.group(shuffled) == stories.group(articles)


@settings(max_examples=60, deadline=None)
@given(any_articles)
def test_every_article_is_in_one_group_and_groups_are_in_order_of_time(articles):
    groups = stories.group(articles)

    assert sorted(one for members in groups for one in members) == sorted(a.id for a in articles)
    age = {article.id: (article.published_at, article.id) for article in articles}
    assert [age[members[0]] for members in groups] == sorted(age[m[0]] for m in groups)
    assert all(list(members) == sorted(members, key=age.__getitem__) for members in groups)


@given(partitions, previous_stories, st.sets(ids))
def test_an_article_already_mailed_never_changes_its_story(groups, previous, told):
    now = stories.reconcile(groups, previous, new_id=count(100).__next__, told=told)

    for article in told & previous.keys() & now.stories.keys():
        assert now.stories[article] == previous[article]
    assert not set(now.aliases) & {previous[article] for article in told & previous.keys()}


@given(partitions, previous_stories, st.sets(ids))
def test_grouping_the_same_again_changes_no_id(groups, previous, told):
    once = stories.reconcile(groups, previous, new_id=count(100).__next__, told=told)
    again = stories.reconcile(groups, once.stories, new_id=count(200).__next__, told=told)

    assert again.stories == once.stories
    assert not again.created
    assert not again.aliases


@given(partitions, previous_stories, st.sets(ids))
def test_articles_that_nobody_was_told_of_share_a_story_if_and_only_if_they_share_a_group(
    groups, previous, told
):
    now = stories.reconcile(groups, previous, new_id=count(100).__next__)

    story_of_group = [{now.stories[one] for one in members} for members in groups]
    assert all(len(story) == 1 for story in story_of_group)
    assert len(set().union(*story_of_group)) == len(groups)


@given(partitions, previous_stories)
def test_an_alias_leads_from_a_story_that_is_no_more_to_one_that_is(groups, previous):
    now = stories.reconcile(groups, previous, new_id=count(100).__next__)

    alive = set(now.stories.values())
    assert not set(now.aliases) & alive
    assert set(now.aliases.values()) <= alive


@pytest.mark.parametrize("doubt", [0.0, 2.0, 100.0])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), threshold=st.sampled_from([0.2, 0.4, 0.6]))
def test_groups_are_joined_best_first_as_if_every_link_were_looked_at_each_time(
    doubt, seed, threshold
):
    chance = np.random.default_rng(seed)
    rows = chance.random((14, 4)) ** 3
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    scores = np.triu((rows @ rows.T) ** 4, 1)
    factors = np.exp(chance.normal(0, 0.2, 14))
    left, right = np.nonzero(scores)
    pairs = linkage.Pairs(
        14,
        left.astype(np.int32),
        right.astype(np.int32),
        scores[left, right].astype(np.float32),
    )

    found = linkage.coherent_link(pairs, threshold, doubt=doubt, factors=factors)

    table = np.zeros((14, 14))
    table[left, right] = table[right, left] = pairs.scores
    np.fill_diagonal(table, 1)
    assert sorted(found) == sorted(_plainly(table, threshold, doubt, factors))


def _plainly(table, threshold, doubt, factors):
    groups = [[number] for number in range(len(table))]

    def mean(one, other):
        return table[np.ix_(one, other)].mean()

    def link(one, other):
        factor = np.exp(np.log(factors[one]).mean() + np.log(factors[other]).mean())
        return mean(one, other) / np.sqrt(likeness(one) * likeness(other)) * factor

    def likeness(group):
        return 1 - (1 - mean(group, group)) * len(group) / (len(group) + doubt)

    while len(groups) > 1:
        best, one, other = max(
            (link(one, other), one, other) for one in groups for other in groups if one < other
        )
        if best < threshold:
            break
        groups = [group for group in groups if group not in (one, other)] + [sorted(one + other)]
    return groups
