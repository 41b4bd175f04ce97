"""Double opt-in: nobody is subscribed by somebody else, nobody learns who reads us."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter import signup, subscribers
from newsletter.signup import CONFIRM_WITHIN, LETTER_EVERY, Consent, ExpiredError, FullError
from newsletter.wishes import checked, resolver
from tests.newsletter.mail_desk import MORNING, TABLE, Desk

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
CONSENT = Consent(words="At most one mail a day.", page="https://news.example.org/mail/subscribe")


@pytest.fixture
def desk(tmp_path):
    desk = Desk.open(tmp_path)
    yield desk
    desk.store.close()


def wish(address="reader@example.org", *regions):
    return checked(
        address, resolver(TABLE), regions=regions, hour="07:00", time_zone="UTC", language="en"
    )


def ask(desk, address="reader@example.org", *regions, now=MORNING):
    signup.ask(desk.store.db, wish(address, *regions), CONSENT, now=now)


def letters(desk, now=MORNING):
    """What is to be written now, after the sweep's decision."""
    signup.decide(desk.store.db, now)
    return [(each.wish.address, each.letter) for each in signup.ready(desk.store.db, now)]


def mailed(desk, now=MORNING):
    """Let every letter arrive; their keys."""
    signup.decide(desk.store.db, now)
    keys = []
    for each in signup.ready(desk.store.db, now):
        signup.attempt(desk.store.db, each, now)
        signup.settle(desk.store.db, each, "mailed", "250 OK", now=now, next_at=now)
        keys.append(each.key)
    return keys


def confirm(desk, key, now=MORNING + HOUR):
    return signup.confirm(desk.store.db, key, now)


def test_who_asks_is_written_to_and_who_confirms_is_subscribed(desk):
    ask(desk, "reader@example.org", "Syria")
    assert subscribers.active(desk.store.db) == ()
    (key,) = mailed(desk)
    assert subscribers.active(desk.store.db) == ()

    reader = confirm(desk, key)

    assert subscribers.active(desk.store.db) == (reader,)
    assert (reader.regions, reader.asked_at) == (("syria",), MORNING + HOUR)


def test_consent_is_kept_with_when_where_and_which_words(desk):
    ask(desk)
    reader = confirm(desk, *mailed(desk))

    (consent,) = signup.consents(desk.store.db, reader)
    assert consent["words"] == CONSENT.words
    assert consent["page"] == CONSENT.page
    assert consent["asked_at"] < consent["confirmed_at"]


def test_an_address_gets_one_letter_a_day_however_often_it_is_typed(desk):
    for n in range(5):
        ask(desk, now=MORNING + n * HOUR)
    assert len(mailed(desk, MORNING + 5 * HOUR)) == 1
    ask(desk, now=MORNING + 6 * HOUR)
    assert mailed(desk, MORNING + 7 * HOUR) == []

    later = MORNING + LETTER_EVERY + HOUR
    ask(desk, now=later)
    assert len(mailed(desk, later)) == 1


def test_who_asks_again_before_confirming_gets_the_newer_wish(desk):
    ask(desk, "reader@example.org", "Syria")
    (key,) = mailed(desk)
    ask(desk, "reader@example.org", "Chile", now=MORNING + MINUTE)
    assert mailed(desk, MORNING + MINUTE) == []

    assert confirm(desk, key).regions == ("chile",)


def test_a_reader_who_asks_is_told_that_they_are_one(desk):
    desk.subscribe("reader@example.org")
    ask(desk)

    assert letters(desk) == [("reader@example.org", "known")]


def test_who_left_may_return_by_their_own_act(desk):
    reader = desk.subscribe("reader@example.org")
    subscribers.remove(desk.store.db, reader, now=MORNING, reason="unsubscribed")
    ask(desk, now=MORNING + HOUR)

    confirm(desk, *mailed(desk, MORNING + HOUR), now=MORNING + 2 * HOUR)

    assert [each.address for each in subscribers.active(desk.store.db)] == ["reader@example.org"]


def test_who_complained_of_our_mail_is_not_written_to(desk):
    reader = desk.subscribe("reader@example.org")
    subscribers.remove(desk.store.db, reader, now=MORNING, reason="complained")
    ask(desk)

    assert letters(desk) == []


def test_confirming_twice_is_once(desk):
    ask(desk)
    (key,) = mailed(desk)

    assert confirm(desk, key) == confirm(desk, key, MORNING + 2 * HOUR)
    assert len(signup.consents(desk.store.db, subscribers.active(desk.store.db)[0])) == 1


def test_an_old_confirmation_does_not_bring_back_who_left(desk):
    ask(desk)
    (key,) = mailed(desk)
    reader = confirm(desk, key)
    subscribers.remove(desk.store.db, reader, now=MORNING + 2 * HOUR, reason="unsubscribed")

    with pytest.raises(ExpiredError):
        confirm(desk, key, MORNING + 3 * HOUR)
    assert subscribers.active(desk.store.db) == ()


def test_a_link_ends_and_its_address_is_forgotten(desk):
    ask(desk)
    (key,) = mailed(desk)
    late = MORNING + CONFIRM_WITHIN + MINUTE

    with pytest.raises(ExpiredError):
        confirm(desk, key, late)
    assert signup.pending(desk.store.db, key, late) is None
    assert signup.forget(desk.store.db, late) == 1
    (left,) = desk.store.db.execute("SELECT count(*) FROM signups").fetchone()
    assert left == 0


def test_a_letter_that_a_crash_left_in_doubt_is_sent_again(desk):
    ask(desk)
    signup.decide(desk.store.db, MORNING)
    (letter,) = signup.ready(desk.store.db, MORNING)
    signup.attempt(desk.store.db, letter, MORNING)

    assert [each.key for each in signup.ready(desk.store.db, MORNING + MINUTE)] == [letter.key]


def test_who_confirms_before_the_server_answers_is_not_written_to_again(desk):
    ask(desk)
    signup.decide(desk.store.db, MORNING)
    (letter,) = signup.ready(desk.store.db, MORNING)
    signup.attempt(desk.store.db, letter, MORNING)
    confirm(desk, letter.key)
    signup.settle(desk.store.db, letter, "waiting", "", now=MORNING, next_at=MORNING)

    assert signup.ready(desk.store.db, MORNING + 2 * HOUR) == ()


def test_a_flood_is_asked_to_come_back(desk, monkeypatch):
    monkeypatch.setattr(signup, "WAITING_MAX", 3)
    for n in range(3):
        ask(desk, f"reader{n}@example.org")

    with pytest.raises(FullError, match="few minutes"):
        ask(desk, "one-more@example.org")


def test_a_flood_of_forms_is_no_flood_of_mail(desk):
    for n in range(signup.LETTERS_PER_SWEEP + 5):
        ask(desk, f"reader{n}@example.org")

    assert signup.decide(desk.store.db, MORNING) == signup.LETTERS_PER_SWEEP
    assert signup.decide(desk.store.db, MORNING) == 5
