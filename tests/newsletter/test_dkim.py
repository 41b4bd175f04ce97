"""What we sign, strangers' software verifies; and nothing that matters can be changed after."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import dkim as dkimpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter import dkim
from newsletter.dkim import DkimError, Key, Signer
from newsletter.message import envelope
from newsletter.render import render
from tests.newsletter.editions import (
    DAY,
    MORNING,
    NEWSLETTER,
    PREFERENCES,
    READER,
    UNSUBSCRIBE,
    arabic_day,
    ordinary_day,
)

DOMAIN = "news.example.org"
RSA = dkim.generated("2026-rsa", DOMAIN, "rsa")
ED25519 = dkim.generated("2026-ed", DOMAIN, "ed25519")
BOTH = Signer((RSA, ED25519))
RENDERED = render(ordinary_day(), NEWSLETTER)


def prepared(rendered=RENDERED, reader=READER, signer=BOTH):
    return envelope(rendered, NEWSLETTER, DAY).prepared(
        signer,
        reader,
        date=MORNING,
        unsubscribe_url=UNSUBSCRIBE,
        message_id="<20261122.0@news.example.org>",
        preferences_url=PREFERENCES,
    )


def signed(**how):
    ready = prepared(**how)
    return b"".join(
        ready.signed(
            key.sign(digest) for key, digest in zip((RSA, ED25519), ready.digests, strict=True)
        )
    )


def whole(ready):
    """The message without its signatures."""
    return b"".join(ready.message)


def dns(name, timeout=5):
    records = {f"{key.record_name}.": key.record for key in (RSA, ED25519)}
    return records.get(name.decode(), "").encode() or None


def verified(message):
    """What dkimpy says to each signature."""
    count = message[: message.index(b"\r\n\r\n")].count(b"DKIM-Signature:")
    return [_holds(message, n) for n in range(count)]


def _holds(message, number):
    try:
        return dkimpy.DKIM(message).verify(number, dnsfunc=dns)
    except dkimpy.ValidationError:
        return False


@pytest.mark.parametrize("day", [ordinary_day, arabic_day])
def test_both_signatures_verify(day):
    assert verified(signed(rendered=render(day(), NEWSLETTER))) == [True, True]


@given(
    st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,60}", fullmatch=True),
    st.sampled_from(["en", "de", "ar", "fr"]),
)
@settings(deadline=None, max_examples=30)
def test_both_signatures_verify_whatever_is_the_readers_own(local, language):
    reader = replace(READER, address=f"{local}@mail.example.net", language=language)

    assert verified(signed(reader=reader)) == [True, True]


def test_a_message_signed_in_steps_is_the_message_signed_whole():
    ready = prepared()

    assert BOTH.sign(whole(ready)) == signed()


def test_a_message_has_the_same_signatures_on_every_attempt():
    assert signed() == signed()


@given(st.text(alphabet="ab \t\r\n", max_size=60))
@settings(deadline=None)
def test_any_body_is_hashed_as_dkimpy_hashes_it(text):
    body = re.sub(r"\r\n|\r|\n", "\r\n", text).encode()
    message = b"From: digest@news.example.org\r\nSubject:  two   blanks \r\n\r\n" + body

    assert verified(BOTH.sign(message)) == [True, True]


def test_what_a_relay_may_do_to_blanks_breaks_nothing():
    touched = signed().replace(b"Precedence: bulk", b"Precedence:   bulk  ") + b"\r\n\r\n"

    assert verified(touched) == [True, True]


@pytest.mark.parametrize(
    "field",
    [
        b"From: Somebody <x@news.example.org>",
        b"Subject: Win a prize",
        b"List-Unsubscribe: <https://evil.example.com/>",
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ],
)
def test_a_second_field_of_a_kind_breaks_the_signature(field):
    head, blank, body = signed().partition(b"\r\n\r\n")

    for forged in (field + b"\r\n" + head, head + b"\r\n" + field):
        assert verified(forged + blank + body) == [False, False]


def test_every_field_is_covered():
    names = [line.partition(b":")[0].lower() for line in _fields(whole(prepared()))]
    listed = re.search(rb"h=([^;]+);", signed())[1]

    assert set(names) == set(re.sub(rb"\s", b"", listed).split(b":"))


@pytest.mark.parametrize("at", ["List-Help", "Feedback-ID", "Content-Language", "List-Id"])
def test_a_changed_field_is_noticed(at):
    touched = re.sub(rf"^{at}: .".encode(), f"{at}: Z".encode(), signed(), flags=re.MULTILINE)

    assert verified(touched) == [False, False]


def test_a_changed_word_is_noticed():
    assert verified(signed().replace(b"convoy", b"convey")) == [False, False]


def test_signature_fields_fit_their_lines():
    head = signed().partition(b"\r\nDate:")[0]

    assert max(map(len, head.split(b"\r\n"))) <= 78


def test_opendkim_verifies_both(tmp_path: Path):
    """It reads keys from a file for tests."""
    keys = "".join(f"{key.record_name} {key.record}\n" for key in (RSA, ED25519))
    (tmp_path / "keys").write_text(keys)
    config = tmp_path / "opendkim.conf"
    config.write_text(f"Mode v\nTestPublicKeys {tmp_path / 'keys'}\nSyslog no\n")
    message = tmp_path / "message.eml"
    message.write_bytes(BOTH.sign(whole(prepared())))

    done = subprocess.run(
        ["opendkim", "-x", config, "-t", message], capture_output=True, text=True, check=False
    )

    assert (done.returncode, "verification (s=2026-rsa" in done.stdout) == (0, True), done
    assert "succeeded" in done.stdout


def test_the_record_is_what_dns_takes():
    line = dkim.zone_line(RSA)

    assert line.startswith("2026-rsa._domainkey.news.example.org. IN TXT ( ")
    strings = re.findall('"([^"]*)"', line)
    assert "".join(strings) == RSA.record
    assert max(map(len, strings)) <= 255
    assert len(base64.b64decode(ED25519.record.partition("p=")[2])) == 32


def test_a_key_shows_nothing_of_itself():
    assert "PRIVATE" not in repr(RSA)
    assert repr(RSA) == "Key(2026-rsa._domainkey.news.example.org)"


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n", b"\xff"])
def test_a_broken_key_is_named_and_not_shown(pem):
    with pytest.raises(DkimError, match="the DKIM key 2026") as caught:
        Key("2026", DOMAIN, pem)
    assert "AAAA" not in str(caught.value)


def test_a_selector_can_stand_in_the_dns():
    with pytest.raises(DkimError, match="selector"):
        Key("no_dots.or; tags", DOMAIN, RSA.pem)


def test_the_hash_of_an_empty_body_is_the_standards():
    assert hashlib.sha256(dkim.relaxed_body(b"\r\n\r\n")).hexdigest() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def _fields(message: bytes) -> list[bytes]:
    head = message.partition(b"\r\n\r\n")[0]
    return re.sub(rb"\r\n[ \t]", b" ", head).split(b"\r\n")
