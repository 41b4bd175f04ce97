from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.model import WORDS_PER_MINUTE
from newsletter.budget import LENGTHS, LINES_MAX
from newsletter.edition import CORRECTIONS_MAX, EARLIER_MAX, lighter
from newsletter.model import Edition
from tests.newsletter.editions import DAY, Newsroom, ordinary_day

LARGE_MAX, RELATED_MAX = LENGTHS[5].large_max, LENGTHS[5].related_max


@pytest.fixture
def room() -> Newsroom:
    return Newsroom()


def titles(edition: Edition) -> list[str]:
    return [each.lead.title for each in (*edition.stories, *edition.brief, *edition.more)]


def test_a_day_without_news_and_corrections_has_no_edition(room: Newsroom) -> None:
    room.tell(room.write("Told yesterday"))

    assert room.compose() is None


def test_a_reader_gets_the_articles_of_their_regions_and_no_others(room: Newsroom) -> None:
    room.write("Here", regions=("syria", "middle-east"))
    room.write("Elsewhere", regions=("chad", "sahel"))
    room.write("Nowhere known", regions=())

    assert titles(room.edition(("middle-east",))) == ["Here"]
    assert titles(room.edition(("syria", "chad"))) == ["Here", "Elsewhere"]


def test_a_reader_of_all_regions_gets_articles_of_none_too(room: Newsroom) -> None:
    room.write("Nowhere known", regions=())

    assert titles(room.edition(())) == ["Nowhere known"]


def test_an_article_is_never_told_twice(room: Newsroom) -> None:
    room.tell(room.write("Told yesterday"))
    room.write("New")

    assert titles(room.edition()) == ["New"]


def test_an_article_revised_after_sending_is_not_sent_again(room: Newsroom) -> None:
    told = room.tell(room.write("Told yesterday"))
    room.revise(told, title="Told yesterday, now better")

    assert room.compose() is None


def test_a_correction_is_told_to_whoever_got_the_wrong_version(room: Newsroom) -> None:
    told = room.tell(room.write("Wrong"), days_ago=3)
    right = room.revise(told, correction="It was 1.2 million.")

    edition = room.edition(("chad",))

    assert [each.article for each in edition.corrections] == [right]
    assert (DAY - edition.corrections[0].told_on).days == 3
    assert edition.stories == ()
    assert edition.told == (right,)


def test_a_correction_is_not_told_to_who_never_got_the_wrong_version(room: Newsroom) -> None:
    room.revise(room.write("Wrong"), correction="It was 1.2 million.")

    assert room.edition().corrections == ()


def test_a_correction_is_told_once(room: Newsroom) -> None:
    told = room.tell(room.write("Wrong"), days_ago=3)
    right = room.revise(told, correction="It was 1.2 million.")
    room.tell(right, days_ago=1)

    assert room.compose() is None


def test_a_correction_is_not_told_again_when_a_comma_of_the_article_moves(room: Newsroom) -> None:
    told = room.tell(room.write("Wrong"), days_ago=3)
    right = room.tell(room.revise(told, correction="It was 1.2 million."), days_ago=1)
    room.revise(right, standfirst="With a comma, moved.")

    assert room.compose() is None


def test_a_second_correction_of_the_same_article_is_told(room: Newsroom) -> None:
    told = room.tell(room.write("Wrong"), days_ago=3)
    right = room.tell(room.revise(told, correction="It was 1.2 million."), days_ago=1)
    again = room.revise(right, correction="It was 1.3 million.")

    assert [each.article for each in room.edition().corrections] == [again]


def test_corrections_past_the_limit_come_the_next_day(room: Newsroom) -> None:
    for number in range(CORRECTIONS_MAX + 2):
        room.revise(room.tell(room.write(f"Wrong {number}")), correction=f"Right {number}.")

    first = room.edition()
    for each in first.corrections:
        room.tell(each.article, days_ago=0)
    second = room.edition()

    assert len(first.corrections) == CORRECTIONS_MAX
    assert len(second.corrections) == 2
    assert not set(first.told) & set(second.told)


def test_withdrawn_articles_are_neither_corrected_nor_shown_as_earlier(room: Newsroom) -> None:
    gone = room.tell(room.write("Gone", story=1))
    room.revise(gone, correction="There was nothing to it.")
    room.write("New of the same story", story=1)
    room.withdraw(gone)

    edition = room.edition()

    assert edition.corrections == ()
    assert edition.stories[0].earlier == ()


def test_articles_of_one_story_are_told_as_one(room: Newsroom) -> None:
    room.write("One", story=1)
    room.write("Two", story=1)
    room.write("Something else")

    first, second = room.edition().stories

    assert {first.lead.title, *(each.title for each in first.related)} == {"One", "Two"}
    assert second.related == ()


def test_articles_without_a_story_are_not_lumped_together(room: Newsroom) -> None:
    room.write("One")
    room.write("Two")

    assert [each.related for each in room.edition().stories] == [(), ()]


def test_a_story_is_led_by_the_article_which_the_desk_would_lead_with(room: Newsroom) -> None:
    room.write("A flash of two lines", story=1, hours_ago=1, body_text="Two lines.")
    room.write("The full report", story=1, hours_ago=3, standfirst="It has all.", minutes=5)

    assert room.edition().stories[0].lead.title == "The full report"


def test_a_story_goes_on_where_the_reader_left_it(room: Newsroom) -> None:
    for days_ago in (6, 2, 9, 4):
        room.tell(room.write(f"{days_ago} days ago", story=1), days_ago=days_ago)
    room.tell(room.write("Another story", story=2))
    room.write("Today", story=1)

    earlier = room.edition().stories[0].earlier

    assert [each.article.title for each in earlier] == ["2 days ago", "4 days ago", "6 days ago"]
    assert len(earlier) == EARLIER_MAX


def test_earlier_articles_bear_the_day_of_the_first_telling(room: Newsroom) -> None:
    first = room.tell(room.write("Wrong at first", story=1), days_ago=5)
    room.tell(room.revise(first, correction="It was 1.2 million."), days_ago=2)
    room.write("Today", story=1)

    (earlier,) = room.edition().stories[0].earlier

    assert (DAY - earlier.day).days == 5


def test_much_told_stories_come_before_fresh_ones_but_not_for_ever(room: Newsroom) -> None:
    room.write("Old and alone", hours_ago=9)
    room.write("Fresh and alone", hours_ago=1)
    room.write("Two of it", story=1, hours_ago=8)
    room.write("Two of it, too", story=1, hours_ago=8)
    room.write("Two of yesterday's", story=2, hours_ago=24)
    room.write("Two of yesterday's, too", story=2, hours_ago=24)

    first, *others = titles(room.edition())

    assert first in ("Two of it", "Two of it, too")
    assert others[:2] == ["Fresh and alone", "Old and alone"]


def test_a_story_of_the_reader_s_regions_comes_before_one_that_touches_them(room: Newsroom) -> None:
    room.write("Touches", regions=("syria", "norway", "chile", "middle-east"), hours_ago=1)
    room.write("Is about", regions=("syria", "middle-east"), hours_ago=3)

    assert titles(room.edition(("middle-east",))) == ["Is about", "Touches"]
    assert titles(room.edition(())) == ["Touches", "Is about"]


def test_a_story_the_editor_pinned_comes_first(room: Newsroom) -> None:
    room.write("Fresh", story=1, hours_ago=1)
    room.write("Pinned", story=2, hours_ago=20)

    assert titles(room.edition(pins={2})) == ["Pinned", "Fresh"]


@pytest.mark.parametrize("minutes", LENGTHS)
def test_a_digest_takes_no_longer_than_its_reader_asked_for(room: Newsroom, minutes: int) -> None:
    for number in range(90):
        room.write(
            f"A headline of seven words, number {number}",
            hours_ago=number % 20,
            standfirst="word " * 45,
        )

    edition = room.edition(minutes=minutes)

    shown = [f"{each.lead.title} {each.lead.standfirst}" for each in edition.stories]
    lines = [each.lead.title for each in edition.brief]
    assert len(" ".join([*shown, *lines]).split()) <= minutes * WORDS_PER_MINUTE
    assert 1 <= len(edition.stories) <= LENGTHS[minutes].large_max
    assert len(lines) >= 12
    assert len(edition.told) == 90


def test_a_reader_with_more_time_gets_more_stories_large(room: Newsroom) -> None:
    for number in range(20):
        room.write(f"Story {number}", standfirst="word " * 30)

    sizes = {minutes: len(room.edition(minutes=minutes).stories) for minutes in LENGTHS}

    assert sizes == {2: 3, 5: 5, 10: 12}


def test_even_a_long_story_is_shown_to_who_has_two_minutes(room: Newsroom) -> None:
    room.write("Long", standfirst="word " * 900)

    edition = room.edition(minutes=2)

    assert titles(edition) == ["Long"]
    assert len(edition.stories) == 1


def test_what_was_only_counted_is_neither_corrected_nor_earlier(room: Newsroom) -> None:
    counted = room.tell(room.write("Counted", story=1), shown=False)
    room.revise(counted, correction="It was 1.2 million.")
    room.write("New of the same story", story=1)

    edition = room.edition()

    assert edition.corrections == ()
    assert edition.stories[0].earlier == ()
    assert titles(edition) == ["New of the same story"]


def test_the_order_in_which_articles_are_given_does_not_matter(room: Newsroom) -> None:
    for number in range(4):
        room.write(f"Article {number}", story=1 if number < 2 else None)
    expected = room.edition()

    for order in permutations(room.articles):
        assert room.edition(candidates=order) == expected


def test_five_stories_are_large_the_others_lines_as_far_as_there_is_room(room: Newsroom) -> None:
    for number in range(LARGE_MAX + LINES_MAX + 4):
        room.write(f"Story {number}")

    edition = room.edition()

    shown = (len(edition.stories), len(edition.brief), len(edition.more))
    assert shown == (LARGE_MAX, LINES_MAX, 4)
    assert len(edition.shown) == LARGE_MAX + LINES_MAX


def test_what_is_too_much_for_one_story_goes_to_the_brief_part(room: Newsroom) -> None:
    for number in range(RELATED_MAX + 3):
        room.write(f"Of the same {number}", story=1, hours_ago=number)

    edition = room.edition()

    assert len(edition.stories[0].related) == RELATED_MAX
    assert len(edition.brief) == 2
    assert len(edition.told) == RELATED_MAX + 3


def test_in_the_brief_part_every_story_has_its_say_before_any_has_a_second(room: Newsroom) -> None:
    for number in range(LARGE_MAX):
        for _ in range(3):
            room.write(f"Large {number}", story=100 + number)
    room.write("Two of it", story=1, hours_ago=9)
    room.write("Two of it, too", story=1, hours_ago=10)
    room.write("Alone", hours_ago=11)

    brief = [each.lead.title for each in room.edition().brief]

    assert brief == ["Two of it", "Alone", "Two of it, too"]


def test_tags_are_countries_and_regions_only_where_no_country_is_known(room: Newsroom) -> None:
    room.write("Known", regions=("syria", "turkey", "middle-east"), hours_ago=1)
    room.write("Vague", regions=("middle-east",), hours_ago=2)
    room.write("Many", regions=("iraq", "iran", "oman", "yemen"), hours_ago=3)

    tags = [each.tags for each in room.edition(("middle-east", "iraq")).stories]

    assert tags == [("Syria", "Turkey"), ("Middle East",), ("Iraq", "Iran", "Oman")]


def test_names_of_regions_are_in_the_reader_s_language(room: Newsroom) -> None:
    room.write("Article", regions=("syria",))

    edition = room.edition(("syria",), language="de")

    assert edition.regions == ("Syrien",)
    assert edition.stories[0].tags == ("Syrien",)


def test_a_region_that_the_operator_took_away_costs_nobody_the_edition(room: Newsroom) -> None:
    room.write("Article", regions=("syria", "our-own-patch"))

    edition = room.edition(("our-own-patch", "syria"))

    assert edition.regions == ("Syria",)
    assert edition.stories[0].tags == ("Syria",)


def test_a_lighter_edition_tells_the_same(room: Newsroom) -> None:
    edition: Edition | None = ordinary_day()
    assert edition is not None
    told = {each.number for each in edition.told}
    steps = 0

    while edition is not None:
        assert {each.number for each in edition.told} == told
        lightest, edition, steps = edition, lighter(edition), steps + 1

    assert (len(lightest.stories), lightest.brief) == (1, ())
    assert steps > LARGE_MAX


@settings(deadline=None)  # the machine may be busy
@given(
    stories=st.lists(st.sampled_from([None, 1, 2, 3]), max_size=40),
    told=st.sets(st.integers(min_value=1, max_value=40)),
)
def test_every_new_article_is_told_exactly_once(stories: list[int | None], told: set[int]) -> None:
    room = Newsroom()
    for at, story in enumerate(stories):
        article = room.write(f"Article {at}", story=story, hours_ago=at % 5)
        if article.number in told:
            room.tell(article)
    new = sorted(each.number for each in room.articles if each.number not in told)

    edition = room.compose()

    assert sorted(each.number for each in edition.told) == new if edition else new == []
