"""Articles in, articles per CPU second and memory out, for grouping a window and for the stream.

    python benchmarks/stories_speed.py               # needs ../shared/data
    python benchmarks/stories_speed.py --stream 1000000

The stream repeats the full texts of one set with later dates and a few words of their own, so that
its vocabulary and its stories go on as an archive's do.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fit_stories import read

from articles import stories
from articles.model import Article

#: Between two rounds of the stream, so that no story lives on into the next.
ROUND_GAP = timedelta(days=stories.LIVE_DAYS + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", type=int, default=20_000, help="articles to stream")
    options = parser.parse_args()
    full, _ = read("allsides")
    headlines, _ = read("uci")
    stories.group(full[:50])  # reads its tables
    for name, articles in (
        ("1,000 full texts", full[:1_000]),
        ("2,000 full texts", full[:2_000]),
        ("2,000 headlines", headlines[:2_000]),
        ("10,000 near-equal headlines", near_equal(headlines[0], 10_000)),
    ):
        started = time.process_time()
        groups = stories.group(articles)
        print(f"group {name}: {time.process_time() - started:.1f} CPU s, {len(groups)} stories")
    print(f"memory so far: {memory_mb()} MB")
    del headlines
    stream(full, options.stream)


def near_equal(article: Article, number: int) -> list[Article]:
    return [
        replace(article, id=f"near-equal {n}", title=f"Storm warning {n} for the northern coast")
        for n in range(number)
    ]


def stream(articles: list[Article], number: int) -> None:
    live = stories.LiveStories(new_id=count(1).__next__)
    step = max(1, number // 10)
    started = time.process_time()
    for done, article in enumerate(islice(endless(articles), number), start=1):
        live.add(article)
        if done % step == 0:
            took, started = time.process_time() - started, time.process_time()
            rate = step / took
            print(
                f"stream {done}: {rate:.0f} articles per CPU s, {memory_mb()} MB, {len(live)} live"
            )


def endless(articles: list[Article]) -> Iterator[Article]:
    ordered = sorted(articles, key=lambda a: (a.published_at, a.id))
    span = ordered[-1].published_at - ordered[0].published_at + ROUND_GAP
    for turn in count():
        for number, article in enumerate(ordered):
            yield replace(
                article,
                id=f"{article.id} {turn}",
                title=f"{article.title} name{turn}x{number}",
                published_at=article.published_at + turn * span,
            )


def memory_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
