"""How well proposals agree with editors: figures that can be worked out by hand."""

from __future__ import annotations

import pytest

from articles.agreement import Agreement, agreement, best_constant
from articles.regions import RegionTable

TABLE = RegionTable.load()


def test_the_figures_are_those_of_the_field() -> None:
    told = agreement([("SY", "TR"), ("FR",)], [("SY",), ("FR", "DE")], TABLE)

    assert told == Agreement(f1=pytest.approx(2 * 2 / (3 + 3)), exact=0.0, primary=1.0)


def test_a_set_is_met_by_any_of_its_countries() -> None:
    assert agreement([("levant",)], [("SY", "LB")], TABLE) == Agreement(f1=1, exact=1, primary=1)
    assert agreement([("levant",)], [("FR",)], TABLE) == Agreement(f1=0, exact=0, primary=0)
    assert agreement([("levant", "SY")], [("SY",)], TABLE).exact == 1


def test_nowhere_is_an_answer_too() -> None:
    told = agreement([(), ("SY",)], [(), ("SY",)], TABLE)

    assert told == Agreement(f1=1, exact=1, primary=1)
    assert agreement([()], [("SY",)], TABLE).exact == 0


def test_the_best_constant_answer_is_the_bar_to_clear() -> None:
    codes, told = best_constant([("SY",), ("SY", "TR"), ("FR",), ("FR",), ("FR",)], TABLE)

    assert codes == ("FR",)
    assert told.exact == 0.6
    assert best_constant([], TABLE)[0] == ()
