"""Ways of doing one thing in, medians and figures out: each measured beside its peer in one run.

Whatever else the machine does falls on all ways alike: they take turns, and medians are compared.
A module `bench_NAME.py` beside this one has

    def figures(folder: Path) -> Iterator[Figure]: ...

which may use `folder`, and `make bench` finds it. Nothing here is asserted by a test.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"

#: Odd, so that the median is a measurement.
ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure next to what it has to be."""

    what: str  # "5 new articles, durable"
    value: float
    unit: str  # "x the bare writes", "s", "torn or mixed states"
    at_most: float | None = None
    at_least: float | None = None
    details: Mapping[str, float] = field(default_factory=dict)  # medians in s, sizes, counts

    @property
    def reached(self) -> bool:
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)

    def line(self) -> str:
        """As a person reads it."""
        bound = (
            f"at most {self.at_most:g}" if self.at_least is None else f"at least {self.at_least:g}"
        )
        found = ", ".join(f"{name} {_short(value)}" for name, value in self.details.items())
        mark = "  " if self.reached else "! "
        return f"{mark}{self.what}: {_short(self.value)} {self.unit} ({bound})  [{found}]"


def interleaved(
    ways: Mapping[str, Callable[[], object]],
    *,
    rounds: int = ROUNDS,
    before: Callable[[str], object] = lambda _name: None,
) -> dict[str, float]:
    """The median time of each way in seconds; they take turns, `before(name)` is not measured."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            before(name)
            gc.collect()
            started = time.perf_counter()
            way()
            took[name].append(time.perf_counter() - started)
    return {name: statistics.median(times) for name, times in took.items()}


def write(name: str, found: Iterable[Figure]) -> None:
    """results/NAME.json: the figures, and on what they were measured."""
    RESULTS.mkdir(exist_ok=True)
    rows = [
        {
            "what": each.what,
            "value": round(each.value, 4),
            "unit": each.unit,
            "at_most": each.at_most,
            "at_least": each.at_least,
            "reached": each.reached,
            "details": {key: round(value, 4) for key, value in each.details.items()},
        }
        for each in found
    ]
    machine = {
        "python": platform.python_version(),
        "system": platform.system(),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    text = json.dumps({"machine": machine, "figures": rows}, indent=1, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
