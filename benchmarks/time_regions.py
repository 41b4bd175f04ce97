"""Labelled articles in; how long tables take to load and articles to tag out. Reads ../shared/data.

    python benchmarks/time_regions.py

Processor time of one core, the best of several rounds: other work on the machine makes it longer,
never shorter. The loop of additions at the end tells how fast the machine was just then.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent)]

from fit_regions import as_article, records  # noqa: E402

from articles.places import lookup  # noqa: E402
from articles.regions import RegionTable, tag  # noqa: E402

#: File, rounds, home: short reports of a wire, and essays.
SETS = (("reuters", 3, "US"), ("foreignpolicy", 20, None))

ARTICLES_MAX = 3_000


def main() -> None:
    started = time.process_time()
    table = RegionTable.load()
    lookup.english()
    result: dict[str, float] = {"load_ms": round((time.process_time() - started) * 1000, 1)}
    for name, rounds, home in SETS:
        articles = [as_article(record) for record in records(name)[:ARTICLES_MAX]]

        def run(articles: list = articles, home: str | None = home) -> None:  # type: ignore[type-arg]
            for article in articles:
                tag(article, table, home=home)

        result[f"{name}_per_s"] = round(len(articles) / best(run, rounds))
    result["million_additions_ms"] = round(best(lambda: sum(range(1_000_000)), 5) * 1000, 1)
    print(json.dumps(result))


def best(run: Callable[[], object], rounds: int) -> float:
    """Seconds of the fastest round."""
    seconds = []
    for _ in range(rounds):
        started = time.process_time()
        run()
        seconds.append(time.process_time() - started)
    return min(seconds)


if __name__ == "__main__":
    main()
