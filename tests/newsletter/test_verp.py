from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.verp import Returned, ReturnPathError, address, returned

KEY = "0f" * 16
DAY = date(2026, 11, 22)
SECRETS = ["the secret in use", "the one before"]
BOUNCES = "bounces@example.org"


@given(
    key=st.binary(min_size=16, max_size=16).map(bytes.hex),
    day=st.dates(min_value=date(2020, 1, 1), max_value=date(2190, 1, 1)),
)
def test_a_return_address_says_whose_message_came_back_and_of_which_day(
    key: str, day: date
) -> None:
    made = address(BOUNCES, SECRETS, key, day)

    assert returned(SECRETS, made) == Returned(key=key, day=day)
    assert len(made.partition("@")[0]) <= 64


def test_a_server_may_change_the_case() -> None:
    made = address(BOUNCES, SECRETS, KEY, DAY)

    assert returned(SECRETS, made.upper()) == Returned(key=KEY, day=DAY)


def test_an_address_made_with_an_older_secret_still_counts() -> None:
    made = address(BOUNCES, SECRETS[1:], KEY, DAY)

    assert returned(SECRETS, made) is not None
    assert returned(["another desk's"], made) is None


def test_a_changed_token_is_nobodys() -> None:
    local, _, domain = address(BOUNCES, SECRETS, KEY, DAY).partition("@")
    at = local.index("+") + 1
    for place in range(at, len(local)):
        other = "a" if local[place] != "a" else "b"
        changed = f"{local[:place]}{other}{local[place + 1 :]}@{domain}"
        assert returned(SECRETS, changed) is None


@given(st.text(max_size=120))
def test_what_anybody_writes_to_is_nobodys(text: str) -> None:
    assert returned(SECRETS, text) is None


def test_a_mailbox_whose_name_leaves_no_room_is_refused() -> None:
    with pytest.raises(ReturnPathError, match="48"):
        address("bounces-of-the-paper@example.org", SECRETS, KEY, DAY)
