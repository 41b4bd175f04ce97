"""What a page may lead to: its own story first, then what is near, and nothing else."""

from __future__ import annotations

from articles.related import RELATED_MAX, related


def test_the_same_story_comes_first_then_what_is_near_in_region_and_words(make_article):
    page = make_article("Truce agreed in southern Syria", story=4, regions=("syria",))
    same = make_article("Guns fall silent at last", story=4, regions=("syria",), hours_ago=50)
    near = make_article("Syria: truce monitors arrive", story=5, regions=("syria",))
    elsewhere = make_article("Truce agreed in southern Sudan", story=6, regions=("sudan",))
    far = make_article("Bread prices rise", story=7, regions=("syria",), standfirst="")

    found = related(page, [far, elsewhere, near, same, page])

    assert found[:2] == (same, near)
    assert page not in found
    assert elsewhere not in found


def test_a_page_has_room_for_no_more_than_five(make_article):
    page, *others = [make_article(f"Truce in Syria, day {n}", story=4) for n in range(12)]

    assert len(related(page, others)) == RELATED_MAX == 5


def test_the_choice_does_not_depend_on_the_order_of_the_candidates(make_article):
    page, *others = [make_article(f"Truce in Syria, day {n}", story=4) for n in range(12)]

    assert related(page, others) == related(page, others[::-1])
