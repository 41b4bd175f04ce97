"""Signatures are made by processes of their own, and made all the same when these die."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from newsletter import dkim
from newsletter.signers import BATCH, Signers
from newsletter.watch import Watch

KEYS = tuple(dkim.generated("test", "news.example.org", name) for name in ("rsa", "ed25519"))


@pytest.fixture
def signers():
    signed, watch = [], Watch()
    ours = Signers(KEYS, watch, signed.extend, processes=2)
    ours.watch, ours.signed = watch, signed
    yield ours
    ours.close()


def children():
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(each) for each in found if b"signer_process" in command(each)]


def command(process):
    return Path(f"/proc/{process}/cmdline").read_bytes()


def batch(number):
    return [((number, n), (bytes([number]) * 32, bytes([n]) * 32)) for n in range(BATCH)]


def until_signed(signers, count):
    while len(signers.signed) < count:
        signers.watch.look(10)


def assert_signed(signers, batches):
    expected = {
        item: tuple(key.sign(each) for key, each in zip(KEYS, digests, strict=True))
        for number in range(batches)
        for item, digests in batch(number)
    }
    assert dict(signers.signed) == expected
    assert len(signers.signed) == len(expected)


def test_each_digest_is_signed_by_its_key(signers):
    for number in range(4):
        signers.sign(batch(number))
    until_signed(signers, 4 * BATCH)

    assert_signed(signers, 4)


@pytest.mark.parametrize("killed", [1, 2])
def test_what_a_dead_process_had_is_signed_all_the_same(signers, killed):
    for each in children()[:killed]:
        os.kill(each, signal.SIGSTOP)  # it will have work, and not do it
    for number in range(4):
        signers.sign(batch(number))
    for each in children()[:killed]:
        os.kill(each, signal.SIGKILL)
    until_signed(signers, 4 * BATCH)
    signers.sign(batch(4))
    until_signed(signers, 5 * BATCH)

    assert_signed(signers, 5)
