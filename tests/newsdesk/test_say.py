"""What a person reads while they wait."""

from __future__ import annotations

import io

import pytest

from newsdesk import say


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (0, "feed", "0 feeds"),
        (1, "story", "1 story"),
        (2, "story", "2 stories"),
        (14_771, "article", "14,771 articles"),
    ],
)
def test_a_number_agrees_with_its_noun(number: int, noun: str, said: str) -> None:
    assert say.count(number, noun) == said


def test_on_a_terminal_a_line_is_redrawn_with_rate_and_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal, clock = Terminal(), iter([0.0, 10.0, 20.0])
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(say.time, "monotonic", lambda: next(clock))

    with say.Progress("take in", "articles") as progress:
        progress(1_000, 7_000)

    assert "take in: 1,000 of 7,000 articles, 100/s, 1 min 00 s left" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_elsewhere_a_plain_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 1.0, 11.0, 12.0])
    monkeypatch.setattr(say.time, "monotonic", lambda: next(clock))

    with say.Progress("send", "messages") as progress:
        for done in (10, 110, 120):
            progress(done, 120)

    assert capsys.readouterr().err == "send: 110 of 120 messages, 10/s, 1 s left\n"


def test_short_work_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with say.Progress("send", "messages") as progress:
        progress(1, 2)

    assert capsys.readouterr().err == ""
