"""Links in a digest say who and what for, and nobody can make one up."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model import Newsletter, Subscriber
from newsletter.tokens import (
    CONFIRM,
    PREFERENCES,
    UNSUBSCRIBE,
    TokenError,
    handle,
    subscriber_of,
    token,
    unsubscribe_url,
)

KEY = "00ff" * 8
SECRETS = ["a secret of the desk"]


def test_a_token_names_its_subscriber():
    assert subscriber_of(SECRETS, token(SECRETS, KEY, UNSUBSCRIBE), UNSUBSCRIBE) == handle(KEY)


@pytest.mark.parametrize("other", [PREFERENCES, CONFIRM])
def test_a_token_for_one_purpose_is_worth_nothing_for_another(other):
    with pytest.raises(TokenError):
        subscriber_of(SECRETS, token(SECRETS, KEY, UNSUBSCRIBE), other)


def test_links_in_old_digests_work_after_the_secret_was_changed():
    old = token(SECRETS, KEY, UNSUBSCRIBE)

    assert subscriber_of(["a new one", *SECRETS], old, UNSUBSCRIBE) == handle(KEY)
    assert token(["a new one", *SECRETS], KEY, UNSUBSCRIBE) != old


def test_a_dropped_secret_is_no_longer_accepted():
    with pytest.raises(TokenError):
        subscriber_of(["a new one"], token(SECRETS, KEY, UNSUBSCRIBE), UNSUBSCRIBE)


@given(st.data())
def test_a_token_with_any_one_character_changed_is_refused(data):
    good = token(SECRETS, KEY, UNSUBSCRIBE)
    at = data.draw(st.integers(0, len(good) - 1))
    put = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_.é "))
    bad = good[:at] + put + good[at + 1 :]
    if bad == good:
        return

    with pytest.raises(TokenError):
        subscriber_of(SECRETS, bad, UNSUBSCRIBE)


@given(st.text(max_size=80))
def test_anything_else_is_refused_without_a_crash(text):
    with pytest.raises(TokenError):
        subscriber_of(SECRETS, text, UNSUBSCRIBE)


def test_a_token_is_short_enough_for_a_line_of_the_header(now):
    newsletter = Newsletter(
        name="The Meridian",
        sender="The Meridian <digest@example.org>",
        site_url="https://news.example.org/",
        feeds_url="https://news.example.org/feeds/",
        mail_url="https://news.example.org/mail/",
    )
    subscriber = Subscriber(id=1, key=KEY, address="reader@example.org", asked_at=now)

    url = unsubscribe_url(newsletter, SECRETS, subscriber)

    assert url.startswith("https://news.example.org/mail/u/")
    assert len(f"List-Unsubscribe: <{url}>,") <= 78
    assert subscriber_of(SECRETS, url.rpartition("/")[2], UNSUBSCRIBE) == handle(KEY)
