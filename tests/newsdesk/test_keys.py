from __future__ import annotations

import stat
from datetime import UTC, datetime

from newsdesk import keys
from newsletter import tokens

KEY = "0f" * 16


def test_a_key_is_made_once_for_its_owner_alone(tmp_path):
    (first,) = keys.keys(tmp_path)

    assert keys.keys(tmp_path) == (first,)
    assert stat.S_IMODE((tmp_path / keys.FILE).stat().st_mode) == 0o600


def test_after_a_rotation_new_links_are_signed_anew_and_old_ones_work(tmp_path):
    old = tokens.token(keys.keys(tmp_path), KEY, tokens.UNSUBSCRIBE)

    assert keys.rotate(tmp_path) == 2

    now = keys.keys(tmp_path)
    assert tokens.token(now, KEY, tokens.UNSUBSCRIBE) != old
    assert tokens.subscriber_of(now, old, tokens.UNSUBSCRIBE) == tokens.handle(KEY)
    assert stat.S_IMODE((tmp_path / keys.FILE).stat().st_mode) == 0o600


def test_the_oldest_key_goes_when_there_are_too_many(tmp_path):
    first = keys.keys(tmp_path)[0]
    counts = [keys.rotate(tmp_path) for _ in range(keys.KEYS_MAX + 2)]

    assert max(counts) == len(keys.keys(tmp_path)) == keys.KEYS_MAX
    assert first not in keys.keys(tmp_path)


def test_what_an_interrupted_rotation_left_is_no_hindrance(tmp_path):
    before = keys.keys(tmp_path)
    (tmp_path / f"{keys.FILE}.new").write_text("half a k")

    keys.rotate(tmp_path)

    assert keys.keys(tmp_path)[1:] == before
    assert not (tmp_path / f"{keys.FILE}.new").exists()


def test_the_desk_rotates_by_a_command(tmp_path, capsys):
    from newsdesk import config, setup
    from newsdesk.commands.desk import rotate_secret

    setup.make_desk(
        tmp_path / "desk", "The Meridian", "https://news.example.org/", datetime.now(UTC)
    )

    class Context:
        obj = tmp_path / "desk"

    rotate_secret(Context())

    assert "1 older key still accepted" in capsys.readouterr().out
    assert len(config.load(tmp_path / "desk").secrets) == 2
