"""A labelled set day by day in, how many articles change their story after their first day out.

    python benchmarks/stories_churn.py               # needs ../shared/data

Each day's articles are grouped with those of the week before, as the desk does; what has been known
for a day is settled. An article whose story was merged into another counts as unchanged: its number
leads there. Without settling: `--unsettled`.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from datetime import date
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fit_stories import f1, read

from articles.live import LIVE_DAYS
from articles.model import Article
from articles.reconciliation import reconcile
from articles.stories import group


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unsettled", action="store_true")
    parser.add_argument("--sets", nargs="+", default=["ogen", "allsides"])
    options = parser.parse_args()
    for name in options.sets:
        articles, gold = read(name)
        stories, moved = day_by_day(articles, settle=not options.unsettled)
        groups: defaultdict[int, list[str]] = defaultdict(list)
        for one, story in stories.items():
            groups[story].append(one)
        bcubed, pairs = f1(groups.values(), gold)
        print(f"{name}: {100 * moved / len(articles):.2f} % moved, F1 {bcubed:.1f} ({pairs:.1f})")


def day_by_day(articles: list[Article], *, settle: bool) -> tuple[dict[str, int], int]:
    """The story of each article in the end, and how many moved after their first day."""
    by_day: defaultdict[date, list[Article]] = defaultdict(list)
    for article in articles:
        by_day[article.published_at.date()].append(article)
    stories: dict[str, int] = {}
    moved: set[str] = set()
    window: list[Article] = []
    new_id = count(1).__next__
    for today in sorted(by_day):
        window = [a for a in window if (today - a.published_at.date()).days <= LIVE_DAYS]
        known = {article.id: stories[article.id] for article in window}
        window += by_day[today]
        now = reconcile(group(window), known, new_id=new_id, told=known if settle else ())
        for one, before in known.items():
            if now.stories[one] not in (before, now.aliases.get(before)):
                moved.add(one)
        stories |= now.stories
    return stories, len(moved)


if __name__ == "__main__":
    main()
