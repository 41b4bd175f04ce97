"""What a person or a machine reads: data to stdout, progress and remarks to stderr."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

import msgspec
import typer

#: Off a terminal a line each so often tells a log that work goes on, without filling it.
PLAIN_EVERY_S = 10.0

#: On a terminal the line is redrawn no more often than an eye follows.
REDRAW_EVERY_S = 0.1

#: Work shorter than this needs no bar: it would only flash.
SILENT_S = 0.5


def lines(*texts: str) -> None:
    """Data, to stdout."""
    for text in texts:
        typer.echo(text)


def raw(text: str) -> None:
    """Data that has its own line ends, to stdout."""
    sys.stdout.write(text)


def note(text: str) -> None:
    """A remark, to stderr."""
    typer.echo(text, err=True)


def json(value: object) -> None:
    """Data for a machine, to stdout."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value)).decode())


def count(number: int, noun: str) -> str:
    """`1 article`, `2 articles`, `14,771 articles`, `3 stories`."""
    if number == 1:
        return f"1 {noun}"
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,} {plural}"


class Progress:
    """Called with (done, total) by long work: a redrawn line on a terminal, plain lines elsewhere.

    Each shows the rate and, where the total is known, the time left.
    """

    def __init__(self, verb: str, noun: str) -> None:
        self.verb = verb
        self.noun = noun
        self.started = self.shown = time.monotonic()
        self.drawn = False
        self.terminal = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int | None = None) -> None:
        now = time.monotonic()
        if now - self.started < SILENT_S:
            return
        if now - self.shown < (REDRAW_EVERY_S if self.terminal else PLAIN_EVERY_S):
            return
        self.shown = now
        line = self._line(done, total, now - self.started)
        if self.terminal:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
            self.drawn = True
        else:
            note(line)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _line(self, done: int, total: int | None, seconds: float) -> str:
        rate = done / seconds
        line = f"{self.verb}: {done:,}"
        if total:
            line += f" of {total:,}"
        line += f" {self.noun}, {rate:,.0f}/s"
        if total and rate and total > done:
            line += f", {_duration((total - done) / rate)} left"
        return line


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
