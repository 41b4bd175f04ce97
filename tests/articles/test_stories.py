"""What a reader can rely on about stories: which articles are together, and stay so."""

from __future__ import annotations

from datetime import timedelta
from itertools import count, cycle, product

import pytest

from articles import stories
from articles.model import Image

SEED = "Ankara ships armoured cars to Damascus at Syria's request"
SEED_BODY = """A convoy of Turkish armoured cars crossed into Syria on Monday. Damascus had asked
for them in writing; Turkey's defence ministry confirmed it.

The army of Syria lost most of its heavy arms in a year of Israeli air raids on its bases."""
NAMED = (
    "Israel and Syria agree to a truce after the fighting in the south",
    "Druze and Bedouin fighters clash again in southern Syria",
    "Israel steps into the fighting in southern Syria",
)


#: A desk's other articles: each pair of these is a headline.
PLACES = ("Lagos", "Quito", "Osaka", "Perth", "Turin", "Hanoi")
SUBJECTS = (
    "opens a museum of glass",
    "votes on the price of bread",
    "repaves its oldest avenue",
    "bans scooters from parks",
    "counts its storks again",
    "sells the old tannery",
    "hires forty midwives",
)


def numbering(start=1):
    """A `new_id`: start, start + 1, ..."""
    return count(start).__next__


def titles(groups, articles):
    title = {article.id: article.title for article in articles}
    return {frozenset(title[one] for one in members) for members in groups}


def test_a_page_and_the_headlines_it_names_as_related_are_one_story(make_article):
    seed = make_article(SEED, body_text=SEED_BODY, related=NAMED, hours_ago=1, standfirst="")
    named = [
        make_article(title, body_text="", standfirst="", hours_ago=30 * (number + 1))
        for number, title in enumerate(NAMED)
    ]
    others = [
        make_article("Lumber mill reopens in the north after two years", hours_ago=5),
        make_article("Central bank holds its rate for a third month", hours_ago=40),
    ]

    groups = stories.group([*others, *named, seed])

    assert titles(groups, [seed, *named, *others]) == {
        frozenset((SEED, *NAMED)),
        frozenset((others[0].title,)),
        frozenset((others[1].title,)),
    }


def test_an_address_names_an_article_as_well_as_its_headline(make_article):
    named = make_article(
        "A quiet week on the river", body_text="", url="https://www.example.org/river/"
    )
    hint = "http://example.org/river?from=dam"
    page = make_article("Dam opens its gates", body_text="", related=(hint,))

    assert len(stories.group([page, named])) == 1


def test_a_link_within_the_text_speaks_for_one_story(make_article):
    first = make_article(
        "Orchard owners count the frost", body_text="", url="https://example.org/a/frost"
    )
    link = '<p>After <a href="https://example.org/a/frost">the night of frost</a> came rain.</p>'
    next_day = make_article("Rain follows in the valley", body_html=link, body_text="Rain came.")
    other = make_article("Ferry takes a new captain", body_text="", standfirst="")

    assert titles(stories.group([first, next_day, other]), [first, next_day, other]) == {
        frozenset((first.title, next_day.title)),
        frozenset((other.title,)),
    }


def test_two_articles_alone_on_a_desk_are_two_stories_unless_they_are_one(make_article):
    vote = make_article("Island votes on a second airport", body_text="", standfirst="")
    bread = make_article("Bakers warn of dearer bread", body_text="", standfirst="")
    again = make_article("Second airport: the island has voted", body_text="", standfirst="")

    assert len(stories.group([vote, bread])) == 2
    assert len(stories.group([vote, again])) == 1


def test_a_most_read_box_does_not_make_one_story_of_the_whole_site(make_article):
    box = ("Storm closes the ports",)
    subjects = ("bread", "opera", "tariff", "glacier", "robbery", "verdict", "orchard", "ferry")
    pages = [
        make_article(f"{subject} {number}", body_text="", standfirst="", related=box)
        for number, subject in enumerate(subjects)
    ]
    storm = make_article("Storm closes the ports", body_text="", standfirst="")

    assert all(len(members) == 1 for members in stories.group([*pages, storm]))


def test_lines_that_a_site_puts_under_every_article_join_nothing(make_article):
    furniture = (
        "Sign up for our morning briefing and get the best reporting from our correspondents\n" * 1
    )
    subjects = {
        "Harbour strike enters second week": "Dockers refused the offer of the port authority.",
        "Museum buys rediscovered portrait": "The painting hung in a school for ninety years.",
        "Wheat harvest smallest since 1976": "Farmers blame the dry spring for the loss.",
        "Court rejects appeal of ex-minister": "Judges found no error in the first verdict.",
    }
    articles = [
        make_article(title, body_text=f"{furniture}{body}\n{furniture}", standfirst="")
        for title, body in subjects.items()
    ]

    assert all(len(members) == 1 for members in stories.group(articles))


def test_texts_that_are_empty_or_all_the_same_are_grouped_without_ado(make_article):
    same = [make_article("Live updates", body_text="", standfirst="") for _ in range(30)]
    empty = [make_article("", body_text="", standfirst="") for _ in range(3)]

    groups = stories.group([*same, *empty])

    assert sorted(one for members in groups for one in members) == sorted(
        article.id for article in [*same, *empty]
    )
    assert stories.group([]) == ()


def test_a_story_keeps_its_id_when_an_article_joins():
    was = {"a": 7, "b": 7}

    now = stories.reconcile([("a", "b", "c")], was, new_id=numbering(8))

    assert now.stories == {"a": 7, "b": 7, "c": 7}
    assert not now.aliases
    assert not now.created


def test_stories_that_merge_leave_an_alias():
    was = {"a": 3, "b": 5, "c": 5}

    now = stories.reconcile([("a", "b", "c")], was, new_id=numbering())

    assert now.stories == {"a": 5, "b": 5, "c": 5}
    assert now.aliases == {3: 5}


def test_of_two_equal_claims_the_older_story_wins():
    now = stories.reconcile([("a", "b")], {"a": 9, "b": 4}, new_id=numbering())

    assert now.stories == {"a": 4, "b": 4}
    assert now.aliases == {9: 4}


def test_when_a_story_falls_apart_the_larger_part_keeps_the_id():
    was = dict.fromkeys("abc", 1)

    now = stories.reconcile([("a",), ("b", "c")], was, new_id=numbering(2))

    assert now.stories == {"a": 2, "b": 1, "c": 1}
    assert now.created == (2,)
    assert not now.aliases


def test_new_stories_are_numbered_in_the_order_of_their_groups():
    now = stories.reconcile([("x",), ("y",), ("z",)], {"y": 1}, new_id=numbering(2))

    assert now.stories == {"x": 2, "y": 1, "z": 3}
    assert now.created == (2, 3)


def test_an_article_already_mailed_stays_in_its_story():
    was = {"told one": 1, "told two": 2, "free": 2}

    now = stories.reconcile(
        [("told one", "told two", "free", "new")],
        was,
        new_id=numbering(),
        told={"told one", "told two"},
    )

    assert now.stories == {"told one": 1, "told two": 2, "free": 2, "new": 2}
    assert not now.aliases


def test_a_mailed_story_is_not_handed_to_other_articles():
    was = {"told": 1, "left": 1, "also left": 1}

    now = stories.reconcile(
        [("told",), ("left", "also left")], was, new_id=numbering(2), told={"told"}
    )

    assert now.stories == {"told": 1, "left": 2, "also left": 2}


def test_the_lead_is_fresh_complete_and_has_a_picture(make_article):
    picture = Image(url="https://news.example.org/p.jpg")
    report = make_article("Report", hours_ago=3, body_text="word " * 400, image=picture)
    flash = make_article("Flash", hours_ago=1, body_text="Two words")
    last_week = make_article("Old", hours_ago=100, body_text="word " * 900, image=picture)

    assert stories.lead([flash, report, last_week]) == report
    assert stories.lead([last_week, flash, report]) == report


def test_the_lead_gives_way_to_a_later_full_report(make_article):
    morning = make_article("Morning", hours_ago=10, body_text="word " * 400)
    evening = make_article("Evening", hours_ago=1, body_text="word " * 350)

    assert stories.lead([morning, evening]) == evening


def test_a_name_of_the_publication_behind_the_headline_joins_nothing(make_article):
    told = ["Harbour strike goes on", "Portrait found in school", "Wheat harvest fails", "Rain"]
    articles = [
        make_article(f"{title} | The Daily Example Herald", body_text="", standfirst="")
        for title in told
    ]

    assert all(len(members) == 1 for members in stories.group(articles))


def test_headlines_in_two_languages_meet_by_names_and_meanings(make_article):
    told = [
        ("en", "Earthquake in northern Turkey kills dozens"),
        ("de", "Erdbeben im Norden der Türkei: Dutzende Tote"),
        ("es", "Terremoto en el norte de Turquía deja decenas de muertos"),
        ("en", "Central bank holds interest rate for a third month"),
        ("es", "El presidente de Chile anuncia una reforma de las pensiones"),
    ]
    articles = [
        make_article(title, body_text="", standfirst="", language=language)
        for language, title in told
    ]

    groups = stories.group(articles)

    assert sorted(len(members) for members in groups) == [1, 1, 3]


@pytest.mark.parametrize(("days_between", "told_as"), [(0.1, 2), (10, 1)])
def test_a_month_parts_two_reports_on_a_busy_desk_and_not_in_a_thin_archive(
    make_article, days_between, told_as
):
    others = [
        make_article(
            f"{place} {subject}", body_text="", standfirst="", hours_ago=24 * days_between * at
        )
        for at, (place, subject) in enumerate(product(PLACES, SUBJECTS))
    ]
    pair = [
        make_article(title, body_text="", standfirst="", hours_ago=hours)
        for title, hours in (
            ("Satellite Meridian reaches its orbit at the third try", 24),
            ("Rocket with satellite Meridian fails at the second try", 31 * 24),
        )
    ]

    groups = stories.group([*others, *pair])

    assert (
        len({at for at, members in enumerate(groups) for a in pair if a.id in members}) == told_as
    )


def test_reports_in_two_languages_meet_through_their_neighbours(make_article):
    told = [
        ("en", "Ferry sinks off Mwanza, search for survivors under way"),
        ("en", "Ferry: search for survivors resumes at dawn"),
        ("en", "Mwanza divers join search for survivors"),
        ("fr", "Naufrage d'un ferry au large de Mwanza, des dizaines de disparus"),
        ("fr", "Ferry de Mwanza: dizaines de disparus, les familles attendent"),
        ("fr", "Les familles de dizaines de disparus attendent"),
    ]
    articles = [
        make_article(title, body_text="", standfirst="", language=language)
        for language, title in told
    ]
    others = [
        make_article(f"{place} {subject}", body_text="", standfirst="", language=language)
        for (place, subject), language in zip(product(PLACES, SUBJECTS), cycle(("en", "fr")))
    ]

    groups = stories.group([*articles, *others])

    assert tuple(article.id for article in articles) in groups


def test_an_operator_is_told_why_two_articles_are_together(make_article):
    one = make_article("Truce between Israel and Syria holds in the south", body_text="")
    two = make_article("Syria and Israel agree a truce after weeks of clashes", body_text="")
    apart = make_article("Wheat harvest is the smallest in decades", body_text="", standfirst="")

    why, why_not = stories.explain(one, two, [apart]), stories.explain(one, apart)

    assert why.together
    assert why.link >= why.needed
    assert {"=israel", "=syria"} <= set(why.shared)
    assert not why_not.together
    assert why_not.score < why.score


def test_a_label_is_made_of_the_words_that_the_headlines_share(make_article):
    articles = [
        make_article("Truce Agreed Between Israel and Syria"),
        make_article("Syria’s truce holds, Israel says"),
        make_article("South of Syria quiet under the truce"),
    ]

    assert {"Syria", "Israel"} <= set(stories.label(articles).split(", "))


def test_articles_days_apart_are_live_together():
    assert timedelta(days=stories.LIVE_DAYS) >= timedelta(days=5)
