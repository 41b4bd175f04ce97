"""Articles in, articles per CPU second and memory out, for grouping a window and for the stream.

    python benchmarks/stories_speed.py               # needs ../shared/data
    python benchmarks/stories_speed.py --stream 1000000 --only
    python benchmarks/stories_speed.py --stream 500000 --only --state FILE   # then on from there

The stream repeats the full texts of one set with later dates and a few words of their own, so that
its vocabulary and its stories go on as an archive's do.
"""

from __future__ import annotations

import argparse
import pickle
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
    parser.add_argument("--only", action="store_true", help="no groupings before it")
    parser.add_argument(
        "--letters", type=int, help="only so many of each body: a million in minutes"
    )
    parser.add_argument("--state", type=Path, help="go on from this file, and leave it at the end")
    options = parser.parse_args()
    full, _ = read("allsides")
    if not options.only:
        group(full)
    full = [replace(one, body_text=one.body_text[: options.letters]) for one in full]
    stream(full, options.stream, options.state)


def group(full: list[Article]) -> None:
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


def near_equal(article: Article, number: int) -> list[Article]:
    return [
        replace(article, id=f"near-equal {n}", title=f"Storm warning {n} for the northern coast")
        for n in range(number)
    ]


def stream(articles: list[Article], number: int, state: Path | None) -> None:
    live, before = stories.LiveStories(new_id=count(1).__next__), 0
    if state is not None and state.exists():
        live, before = pickle.loads(state.read_bytes())
    step = max(1, (number - before) // 10)
    started = time.process_time()
    for done, article in enumerate(islice(endless(articles, before), number - before), before + 1):
        live.add(article)
        if (done - before) % step == 0:
            took, started = time.process_time() - started, time.process_time()
            print(
                f"stream {done}: {step / took:.0f} articles per CPU s, {memory_mb()} MB, "
                f"{len(live)} live",
                flush=True,
            )
    if state is not None:
        state.write_bytes(pickle.dumps((live, number)))


def endless(articles: list[Article], first: int) -> Iterator[Article]:
    ordered = sorted(articles, key=lambda a: (a.published_at, a.id))
    span = ordered[-1].published_at - ordered[0].published_at + ROUND_GAP
    for at in count(first):
        turn, number = divmod(at, len(ordered))
        article = ordered[number]
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
