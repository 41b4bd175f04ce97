"""The day's work: everybody who is due is told what is new to them, once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, time, timedelta
from email import message_from_bytes, policy

import pytest

from articles import storybook
from articles.store import stamp
from newsletter import digest, subscribers
from newsletter.press import written
from newsletter.transport.maildir import Maildir
from tests.newsletter.mail_desk import MORNING, SUBJECTS, TABLE, Desk

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
FERRY, WATER, COPPER = (line.partition("|")[0] for line in SUBJECTS[:3])


@pytest.fixture
def desk(tmp_path):
    with closing(Desk.open(tmp_path)) as desk:
        yield desk


@pytest.fixture
def mail(tmp_path):
    return Maildir(tmp_path / "mail")


def morning(desk, mail, now=MORNING):
    """A whole morning: what it planned, what it delivered."""
    return desk.plan(now), desk.deliver(mail, now)


def messages(mail):
    return sorted(path.read_bytes() for path in mail.root.rglob("new/*"))


def test_everybody_gets_what_is_new_in_their_regions(desk, mail):
    desk.publish_some(3, MORNING)
    everything, chile = desk.subscribe("all@example.org"), desk.subscribe("c@example.org", "Chile")

    plan, delivered = morning(desk, mail)

    assert (plan.planned, plan.quiet, plan.editions, plan.held) == (2, 0, 2, ())
    assert delivered.counts == {"sent": 2}
    assert desk.subjects(everything) == [sorted([FERRY, WATER, COPPER])]
    assert desk.subjects(chile) == [[COPPER]]
    assert len(messages(mail)) == 2


def test_nothing_new_is_no_mail_and_is_not_thought_about_again(desk, mail):
    desk.publish(COPPER, MORNING - HOUR, "Chile")
    desk.subscribe("f@example.org", "France")

    plan, delivered = morning(desk, mail)
    again, _ = morning(desk, mail, MORNING + timedelta(minutes=1))

    assert (plan.planned, plan.quiet) == (0, 1)
    assert delivered.counts == {}
    assert again.quiet == 0
    assert desk.states() == {"quiet": 1}


def test_nobody_is_told_an_article_twice(desk, mail):
    reader = desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - HOUR, "Morocco")
    morning(desk, mail)
    desk.publish(WATER, MORNING + HOUR, "Jordan")

    morning(desk, mail, MORNING + DAY)
    morning(desk, mail, MORNING + 2 * DAY)

    assert desk.subjects(reader) == [[FERRY], [WATER]]


def test_an_article_changed_after_sending_is_not_sent_again(desk, mail):
    reader = desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - HOUR, "Morocco", key="ferry")
    morning(desk, mail)
    desk.publish(f"{FERRY} early", MORNING - HOUR, "Morocco", key="ferry", body="New words.")

    plan, _ = morning(desk, mail, MORNING + DAY)

    assert plan.quiet == 1
    assert len(desk.subjects(reader)) == 1


def test_a_correction_goes_to_those_who_were_told_the_mistake_and_once(desk, mail):
    told, other = desk.subscribe("t@example.org"), desk.subscribe("o@example.org", "France")
    desk.publish(FERRY, MORNING - HOUR, "Morocco", key="ferry")
    morning(desk, mail)
    desk.publish(FERRY, MORNING - HOUR, "Morocco", key="ferry", correction="It was a tunnel.")

    second, _ = morning(desk, mail, MORNING + DAY)
    third, _ = morning(desk, mail, MORNING + 2 * DAY)

    assert (second.planned, second.quiet, third.planned, third.quiet) == (1, 1, 0, 2)
    assert desk.subjects(told) == [[FERRY], [FERRY]]
    assert desk.subjects(other) == []


def test_an_article_that_came_in_late_is_told_the_next_day(desk, mail):
    reader = desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - HOUR, "Morocco")
    morning(desk, mail)
    desk.publish(WATER, MORNING - 2 * HOUR, "Jordan")  # its date is older than the digest

    morning(desk, mail, MORNING + DAY)

    assert desk.subjects(reader) == [[FERRY], [WATER]]


def test_an_article_after_the_hour_waits_for_the_next_day(desk, mail):
    reader = desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - HOUR, "Morocco")
    desk.publish(WATER, MORNING + timedelta(minutes=5), "Jordan")

    morning(desk, mail, MORNING + timedelta(minutes=30))
    morning(desk, mail, MORNING + DAY)

    assert desk.subjects(reader) == [[FERRY], [WATER]]


def test_a_new_reader_begins_with_the_day_before_they_asked(desk, mail):
    desk.publish(FERRY, MORNING - 3 * DAY, "Morocco")
    desk.publish(WATER, MORNING - 20 * HOUR, "Jordan")
    old = desk.subscribe("old@example.org")
    new = desk.subscribe("new@example.org", at=MORNING - HOUR)

    morning(desk, mail)

    assert desk.subjects(old) == [sorted([FERRY, WATER])]
    assert desk.subjects(new) == [[WATER]]


def test_who_asks_after_todays_hour_is_due_tomorrow(desk):
    desk.publish(FERRY, MORNING - HOUR, "Morocco")
    desk.subscribe("new@example.org", at=MORNING + HOUR)

    assert desk.plan(MORNING + 2 * HOUR).planned == 0
    assert desk.plan(MORNING + DAY).planned == 1


def test_a_week_without_a_digest_is_caught_up_and_no_more(desk, mail):
    reader = desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - 8 * DAY, "Morocco")
    desk.publish(WATER, MORNING - 6 * DAY, "Jordan")

    morning(desk, mail)

    assert desk.subjects(reader) == [[WATER]]


def test_a_digest_too_late_for_today_comes_with_tomorrows(desk, mail):
    reader = desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - HOUR, "Morocco")
    desk.publish(WATER, MORNING + HOUR, "Jordan")

    assert desk.plan(MORNING + 6 * HOUR).planned == 0
    morning(desk, mail, MORNING + DAY)

    assert desk.subjects(reader) == [sorted([FERRY, WATER])]


def test_what_was_planned_and_not_sent_in_time_is_told_the_next_day(desk, mail):
    """A desk that was off for the day, or a restored backup: old mail does not go out."""
    reader = desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - HOUR, "Morocco")
    desk.plan()

    late = desk.deliver(mail, MORNING + 7 * HOUR)
    morning(desk, mail, MORNING + DAY)

    assert late.counts == {"expired": 1}
    assert desk.states() == {"expired": 1}
    assert desk.subjects(reader) == [[FERRY], [FERRY]]
    assert len(messages(mail)) == 1


def test_each_reader_has_their_own_hour(desk):
    desk.publish(FERRY, MORNING - HOUR, "Morocco")
    for zone in ("Asia/Tokyo", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"):
        desk.subscribe(f"{zone.partition('/')[2].lower()}@example.org", time_zone=zone)

    planned = {}
    for minutes in range(0, 36 * 60, 10):
        now = MORNING - 12 * HOUR + timedelta(minutes=minutes)
        if count := desk.plan(now).planned:
            planned[now.isoformat()[5:16]] = count

    assert planned == {
        "11-22T06:00": 1,
        "11-22T12:00": 1,
        "11-22T17:00": 1,
        "11-22T22:00": 1,
    }


def test_one_digest_a_local_date_though_the_zone_is_changed(desk, mail):
    desk.publish(FERRY, MORNING - HOUR, "Morocco")
    reader = desk.subscribe("reader@example.org")
    morning(desk, mail)
    desk.publish(WATER, MORNING + HOUR, "Jordan")
    desk.store.db.execute("UPDATE subscribers SET time_zone = 'America/New_York'")

    assert desk.plan(MORNING + 5 * HOUR).planned == 0  # seven in New York, the same date
    assert desk.plan(MORNING + 5 * HOUR + DAY).planned == 1
    assert len(desk.subjects(reader)) == 2


def test_readers_of_the_same_regions_share_an_edition(desk):
    desk.publish_some(5, MORNING)
    desk.subscribe_many(50)
    for n in range(3):
        desk.subscribe(f"chile{n}@example.org", "Chile")

    plan = desk.plan()

    assert (plan.planned, plan.editions) == (53, 2)
    assert desk.store.db.execute("SELECT count(*) FROM editions").fetchone() == (2,)


def test_what_different_readers_were_told_long_ago_does_not_part_them(desk, mail):
    desk.publish(FERRY, MORNING - HOUR, "Morocco")
    desk.subscribe("old@example.org")
    morning(desk, mail)
    desk.subscribe("new@example.org", at=MORNING + HOUR)
    desk.publish(COPPER, MORNING + 2 * HOUR, "Chile")
    morning(desk, mail, MORNING + DAY)
    desk.publish(WATER, MORNING + 10 * DAY - HOUR, "Jordan")

    plan, _ = morning(desk, mail, MORNING + 10 * DAY)

    assert (plan.planned, plan.editions) == (2, 1)


class ChileHasNoName:
    """A region table with a hole: what a broken template or table does to one edition."""

    def __getattr__(self, name):
        def ask(slug, *more):
            if slug == "chile":
                raise KeyError(slug)
            return getattr(TABLE, name)(slug, *more)

        return ask


def test_an_edition_that_cannot_be_written_holds_its_own_readers_only(desk, mail, monkeypatch):
    desk.publish_some(3, MORNING)
    others = desk.subscribe("j@example.org", "Jordan")
    for n in range(2):
        desk.subscribe(f"c{n}@example.org", "Chile")

    monkeypatch.setattr("tests.newsletter.mail_desk.TABLE", ChileHasNoName())
    plan, delivered = morning(desk, mail)

    (held,) = plan.held
    assert (held.regions, held.readers, held.reason) == (("chile",), 2, "KeyError: 'chile'")
    assert (plan.planned, delivered.counts) == (1, {"sent": 1})
    assert desk.subjects(others) == [[WATER]]

    monkeypatch.setattr("tests.newsletter.mail_desk.TABLE", TABLE)
    mended = desk.plan(MORNING + HOUR)
    assert (mended.planned, mended.held) == (2, ())


def test_only_some_readers_and_any_day_can_be_planned_by_hand(desk, mail):
    desk.publish_some(3, MORNING)
    desk.subscribe("1@example.org")
    two = desk.subscribe("2@example.org", hour="23:00")

    by_hand = desk.plan(only=[two.id], day=MORNING.date())
    assert (by_hand.planned, desk.deliver(mail).counts) == (1, {"sent": 1})
    assert desk.plan().planned == 1  # the other, at its hour
    assert desk.plan(MORNING + 16 * HOUR).planned == 0  # the hand's was today's


def test_planning_again_or_at_once_by_two_changes_nothing(desk, tmp_path):
    desk.publish_some(3, MORNING)
    desk.subscribe_many(10)

    with closing(Desk.open(tmp_path, create=False)) as other:
        plans = [desk.plan().planned, other.plan().planned, desk.plan().planned]

    assert plans == [10, 0, 0]
    assert desk.states() == {"planned": 10}


def test_planning_that_was_interrupted_goes_on_where_it_was(desk, monkeypatch):
    monkeypatch.setattr(digest, "PLAN_BATCH", 4)
    desk.publish_some(3, MORNING)
    desk.subscribe_many(10)
    desk.subscribe("chile@example.org", "Chile")

    def stopped(edition, newsletter):
        if edition.follows:
            raise KeyboardInterrupt
        return written(edition, newsletter)

    with pytest.raises(KeyboardInterrupt):
        desk.plan(write=stopped)
    assert desk.states() == {"planned": 8}

    assert desk.plan().planned == 3
    assert desk.states() == {"planned": 11}


def test_who_has_news_and_who_has_none_are_decided_together(desk):
    desk.publish(COPPER, MORNING - HOUR, "Chile")
    desk.subscribe("jordan@example.org", "Jordan")
    desk.subscribe_many(2)
    desk.subscribe("mali@example.org", "Mali")

    plan = desk.plan()

    assert (plan.planned, plan.quiet) == (2, 2)
    assert desk.states() == {"planned": 2, "quiet": 2}


def test_who_leaves_while_the_digest_is_planned_gets_none(desk, tmp_path):
    desk.publish_some(3, MORNING)
    leaver, *_ = [desk.subscribe(f"{n}@example.org") for n in range(3)]

    def meanwhile(edition, newsletter):
        with closing(Desk.open(tmp_path, create=False)) as other:
            subscribers.remove(other.store.db, leaver, now=MORNING, reason="unsubscribed")
        return written(edition, newsletter)

    assert desk.plan(write=meanwhile).planned == 2
    assert desk.states() == {"planned": 2}


def test_a_clock_set_back_sends_nothing_again(desk, mail):
    desk.publish_some(3, MORNING)
    desk.subscribe_many(3)
    morning(desk, mail, MORNING + HOUR)

    plan, delivered = morning(desk, mail, MORNING)

    assert (plan.planned, delivered.counts) == (0, {})


def test_who_leaves_between_planning_and_sending_gets_nothing(desk, mail):
    desk.publish_some(3, MORNING)
    desk.subscribe_many(2)
    desk.plan()
    leaver = subscribers.find(desk.store.db, "reader0000@example.org")
    subscribers.remove(desk.store.db, leaver, now=MORNING, reason="unsubscribed")

    delivered = desk.deliver(mail)

    assert delivered.counts == {"sent": 1}
    assert desk.states() == {"cancelled": 1, "sent": 1}
    assert [path.name for path in mail.root.iterdir()] == ["reader0001@example.org"]


def test_who_is_suppressed_by_hand_gets_nothing(desk, mail):
    desk.publish_some(1, MORNING)
    desk.subscribe("reader@example.org")
    desk.plan()
    desk.store.db.execute(
        "INSERT INTO suppressions SELECT address_hash, 'complaint', ? FROM subscribers",
        (stamp(MORNING),),
    )

    assert desk.deliver(mail).counts == {"cancelled": 1}
    assert messages(mail) == []


def test_a_withdrawn_article_is_not_in_a_digest_planned_afterwards(desk, mail):
    reader = desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - HOUR, "Morocco", key="ferry")
    desk.publish(WATER, MORNING - HOUR, "Jordan")
    desk.publish(FERRY, MORNING - HOUR, "Morocco", key="ferry", status="withdrawn")

    morning(desk, mail)

    assert desk.subjects(reader) == [[WATER]]


def test_the_sweep_of_a_quiet_minute_reads_no_articles(desk, mail):
    desk.publish_some(3, MORNING)
    desk.subscribe_many(5)
    morning(desk, mail)
    statements = []
    desk.store.db.conn.set_trace_callback(statements.append)

    morning(desk, mail, MORNING + HOUR)

    desk.store.db.conn.set_trace_callback(None)
    assert not [each for each in statements if "accepted" in each]
    assert len(statements) < 10


@pytest.mark.slow
def test_in_a_month_of_changing_minds_nobody_is_told_twice_and_nothing_is_missed(desk, mail):
    """Readers change regions, hours and zones; each article reaches each reader at most once."""
    import random

    chance = random.Random(5)
    readers = [desk.subscribe(f"r{n}@example.org") for n in range(8)]
    steady = desk.subscribe("steady@example.org")
    zones = ("UTC", "Asia/Tokyo", "America/New_York", "Europe/Berlin")
    choices = ([], ["chile"], ["jordan", "chile"], ["morocco"], ["south-america"])
    published = []
    start = MORNING - 25 * DAY
    desk.store.db.execute("UPDATE subscribers SET asked_at = ?", (stamp(start - 9 * DAY),))

    for hour in range(0, 25 * 24, 3):
        now = start + hour * HOUR
        if chance.random() < 0.3:
            title, _, region = chance.choice(SUBJECTS).partition("|")
            title = f"{title} {hour}"
            published.append(title)
            desk.publish(title, now - timedelta(hours=chance.choice((0, 1, 30))), region)
        if chance.random() < 0.3:
            reader = chance.choice(readers)
            desk.store.db.execute(
                "UPDATE subscribers SET regions = ?, hour = ?, time_zone = ? WHERE id = ?",
                (
                    str(chance.choice(choices)).replace("'", '"'),
                    f"{chance.randrange(24):02}:00",
                    chance.choice(zones),
                    reader.id,
                ),
            )
        morning(desk, mail, now)

    for reader in (*readers, steady):
        told = [title for titles in desk.subjects(reader) for title in titles]
        assert len(told) == len(set(told))
    known = {title for titles in desk.subjects(steady) for title in titles}
    assert known >= set(published[:-9])
    assert sum(desk.states(date(2026, 11, 10)).values()) == 9


def test_who_chose_monday_gets_on_monday_what_the_week_brought(desk, mail):
    weekly = desk.subscribe("w@example.org", days="mon")
    desk.publish(FERRY, MORNING - 5 * DAY, "Morocco")
    desk.publish(WATER, MORNING - HOUR, "Jordan")

    sunday, _ = morning(desk, mail)
    monday, _ = morning(desk, mail, MORNING + DAY)
    tuesday, _ = morning(desk, mail, MORNING + 2 * DAY)

    assert (sunday.planned, monday.planned, tuesday.planned + tuesday.quiet) == (0, 1, 0)
    assert desk.subjects(weekly) == [sorted([FERRY, WATER])]


def test_a_weekly_reader_who_moves_to_a_later_hour_misses_nothing(desk, mail):
    weekly = desk.subscribe("w@example.org", days="sun")
    morning(desk, mail)
    desk.publish(FERRY, MORNING + HOUR, "Morocco")
    subscribers.change(desk.store.db, replace(weekly, hour=time(12)), now=MORNING + 2 * HOUR)

    morning(desk, mail, MORNING + 7 * DAY + 5 * HOUR)

    assert desk.subjects(weekly) == [[FERRY]]


def test_after_days_without_a_digest_the_next_one_tells_what_came_meanwhile(desk, mail):
    reader = desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - HOUR, "Morocco")
    morning(desk, mail)
    desk.publish(WATER, MORNING + DAY, "Jordan")

    morning(desk, mail, MORNING + 20 * DAY)  # the machine was away

    assert desk.subjects(reader) == [[FERRY], [WATER]]


def test_how_late_a_digest_may_be_is_the_operator_s_to_say(desk, mail):
    desk.newsletter = replace(desk.newsletter, max_late=timedelta(hours=2))
    desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - HOUR, "Morocco")

    late, _ = morning(desk, mail, MORNING + 2 * HOUR)
    in_time, _ = morning(desk, mail, MORNING + DAY + HOUR)

    assert (late.planned, in_time.planned) == (0, 1)


def test_readers_of_another_length_get_another_edition_of_the_same_articles(desk, mail):
    short, long = (desk.subscribe(f"{n}@example.org", minutes=n) for n in ("2", "10"))
    desk.publish_some(8, MORNING)

    plan, _ = morning(desk, mail)

    assert plan.editions == 2
    assert desk.subjects(short) == desk.subjects(long)


def test_who_pauses_gets_nothing_until_their_day_and_then_not_everything_at_once(desk, mail):
    reader = desk.subscribe("p@example.org")
    until = replace(reader, paused_until=(MORNING + 3 * DAY).date())
    subscribers.change(desk.store.db, until, now=MORNING - HOUR)
    desk.publish(FERRY, MORNING - HOUR, "Morocco")

    for n in range(3):
        plan, _ = morning(desk, mail, MORNING + n * DAY)
        assert (plan.planned, plan.quiet) == (0, 0)
    plan, _ = morning(desk, mail, MORNING + 3 * DAY)

    assert plan.planned == 1


def test_the_correction_of_an_old_article_is_told_once_though_nothing_else_is_new(desk, mail):
    reader = desk.subscribe("reader@example.org")
    desk.publish(FERRY, MORNING - HOUR, "Morocco", key="ferry")
    morning(desk, mail)
    desk.publish(FERRY, MORNING - HOUR, "Morocco", key="ferry", correction="It was a tunnel.")

    for days in range(12, 20):  # the article is past being news, its story too
        desk.publish(f"{WATER} {days}", MORNING + days * DAY - HOUR, "Jordan")
        morning(desk, mail, MORNING + days * DAY)

    told = [title for titles in desk.subjects(reader) for title in titles]
    assert told.count(FERRY) == 2


def test_digests_begin_with_what_the_editor_puts_first(desk, mail):
    desk.publish_some(5, MORNING)
    desk.subscribe("all@example.org")
    last = desk.store.live_between(MORNING - DAY, MORNING)[0]
    storybook.put_first(desk.store, last.story, MORNING + HOUR)

    morning(desk, mail)

    (message,) = messages(mail)
    subject = message_from_bytes(message, policy=policy.default)["Subject"]
    assert last.title in subject


def test_what_was_first_is_so_only_for_its_time(desk):
    desk.publish_some(2, MORNING)
    story = desk.store.live_between(MORNING - DAY, MORNING)[0].story
    storybook.put_first(desk.store, story, MORNING + HOUR)

    assert desk.store.first_stories(MORNING) == {story}
    assert desk.store.first_stories(MORNING + 2 * HOUR) == frozenset()
    storybook.put_first(desk.store, story, MORNING)
    assert desk.store.first_stories(MORNING) == frozenset()
