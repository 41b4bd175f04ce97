"""Some weeks of the simulated year (benchmarks/simulated_year.py), over a change of clocks."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "simulated_year.py"


@pytest.fixture(scope="module")
def simulated():
    spec = importlib.util.spec_from_file_location("simulated_year", FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules["simulated_year"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("start", [datetime(2026, 3, 20, tzinfo=UTC)])
def test_nobody_is_told_twice_and_nobody_misses_anything(simulated, monkeypatch, start):
    monkeypatch.setattr(simulated, "START", start)
    year = simulated.Year(readers=250, days=21, seed=7)

    year.run()

    assert year.rules.broken == {}, year.rules.examples
    assert year.rules.counts["decisions"] > 2000
    assert year.rules.counts["corrections"] > 0
    assert year.rules.counts["changes"] > 100
    assert year.rules.counts["readers checked"] > 240  # those of one weekday may have had none


@pytest.mark.slow
def test_the_rules_notice_a_desk_that_forgets(simulated, monkeypatch):
    """A check that cannot fail proves nothing."""
    year = simulated.Year(readers=40, days=8, seed=7)
    monkeypatch.setattr(year.ledger, "told_by", lambda _edition: {})

    year.run()

    assert year.rules.broken["twice"] > 0


@pytest.mark.slow
def test_the_rules_notice_a_desk_that_loses_what_comes_late(simulated, monkeypatch):
    year = simulated.Year(readers=40, days=8, seed=7)
    live_between = year.newsroom.live_between
    monkeypatch.setattr(
        year.newsroom,
        "live_between",
        lambda since, until: live_between(until - simulated.DAY, until),
    )

    year.run()

    assert year.rules.broken["missed"] > 0


@pytest.mark.slow
def test_the_rules_notice_a_desk_that_skips(simulated, monkeypatch):
    year = simulated.Year(readers=40, days=8, seed=7)
    undecided = year.ledger.undecided
    monkeypatch.setattr(year.ledger, "undecided", lambda *a, **k: undecided(*a, **k)[1:])

    year.run()

    assert year.rules.broken["skipped"] > 0
