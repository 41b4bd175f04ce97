"""Labelled sets in, how well stories are grouped out, for each value of the constants that decide.

    python benchmarks/fit_stories.py                 # LINK_MIN, picked on halves, scored on others
    python benchmarks/fit_stories.py neighbourhood.NEIGHBOURS 10 20 40 --sets uci ogen
    python benchmarks/fit_stories.py --whole         # whole sets, with the constants as they are

One value of each constant serves all sets: what is picked is best on the mean of BCubed F1 over the
sets, not on any one. Halves are halves of stories: by the time of their first article where a set
has times, else alternating by size; so the same event is never on both sides.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from articles import linkage, live, neighbourhood, scoring, stories, vectors  # noqa: E402
from articles.model import Article  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "stories"
SETS = {
    "events": ("fulltext_events", ""),
    "uci": ("uci_headlines", ""),
    "allsides": ("allsides_fulltext", ""),
    "ogen": ("og2021_titles", "en"),
    "og": ("og2021_titles", ""),
}
FITTED = (live, neighbourhood, scoring, stories, vectors)
LINKS = (0.38, 0.42, 0.46, 0.48, 0.5, 0.52, 0.55, 0.6)

#: Small desks cut from each set, and how many of a desk's articles need to have a story.
POOLS, POOL_GOLD_MIN = 25, 5

Gold = Mapping[str, str]
Groups = Iterable[Sequence[str]]


def read(name: str) -> tuple[list[Article], dict[str, str]]:
    """The articles of a set, and the story of each that has one."""
    file, language = SETS[name]
    articles, gold = [], {}
    with gzip.open(DATA / f"{file}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if language and line["language"] != language:
                continue
            articles.append(article_of(line))
            if line["story"] is not None:
                gold[line["id"]] = line["story"]
    return articles, gold


def article_of(line: Mapping[str, str]) -> Article:
    published = line.get("published") or "2000-01-01T00:00:00Z"
    at = datetime.fromisoformat(published).astimezone(UTC)
    return Article(
        id=line["id"],
        title=line["title"],
        url=line.get("url") or None,
        body_text=line.get("body") or "",
        language=line.get("language") or "",
        published_at=at,
        updated_at=at,
    )


def f1(groups: Groups, gold: Gold) -> tuple[float, float]:
    """(BCubed F1, pairwise F1) in per cent."""
    found = {member: number for number, group in enumerate(groups) for member in group}
    cells = Counter((gold[one], found[one]) for one in gold)
    true, made = Counter(gold.values()), Counter(found[one] for one in gold)
    precision = sum(n * n / made[group] for (_, group), n in cells.items()) / len(gold)
    recall = sum(n * n / true[story] for (story, _), n in cells.items()) / len(gold)
    both, of_true, of_made = (sum(n * (n - 1) for n in c.values()) for c in (cells, true, made))
    pairs = 2 * both / (of_true + of_made) if of_true + of_made else 1.0
    return 100 * 2 * precision * recall / (precision + recall), 100 * pairs


def halves(articles: Sequence[Article], gold: Gold) -> list[tuple[list[Article], Gold]]:
    """Both halves: each with its stories' articles, and the unlabelled ones of its time."""
    first: dict[str, Article] = {}
    for article in sorted(articles, key=lambda a: (a.published_at, a.id)):
        if article.id in gold:
            first.setdefault(gold[article.id], article)
    size = Counter(gold.values())
    if len({a.published_at.date() for a in first.values()}) < 2 or len(first) < 40:
        ranked = sorted(first, key=lambda story: (-size[story], story))
        side = {story: number % 2 for number, story in enumerate(ranked)}
    else:
        ranked = list(first)
        side = {story: int(number >= len(ranked) / 2) for number, story in enumerate(ranked)}
    later = min((first[s].published_at for s in ranked if side[s]), default=None)
    parts: list[tuple[list[Article], Gold]] = []
    for half in (0, 1):
        labelled = {one: story for one, story in gold.items() if side[story] == half}
        parts.append(
            (
                [
                    a
                    for a in articles
                    if a.id in labelled
                    or (a.id not in gold and later and (a.published_at >= later) == bool(half))
                ],
                labelled,
            )
        )
    return parts


def sweep(articles: Sequence[Article], gold: Gold) -> dict[float, tuple[float, float]]:
    """F1 at each of `LINKS`; pairs are scored once."""
    ordered = sorted(articles, key=lambda a: (a.published_at, a.id))
    parts = list(scoring.scored(ordered))
    found = {}
    for link in LINKS:
        groups = [
            [ordered[part.first + at].id for at in members]
            for part in parts
            for members in linkage.coherent_link(
                part.pairs, link, doubt=stories.DOUBT, factors=part.factors
            )
        ]
        found[link] = f1(groups, gold)
    return found


def fit_links(names: Sequence[str]) -> None:
    """Pick `LINK_MIN` on one half of all sets, score the other; both ways."""
    tables: list[dict[str, dict[float, tuple[float, float]]]] = [{}, {}]
    for name in names:
        for half, (articles, gold) in enumerate(halves(*read(name))):
            tables[half][name] = sweep(articles, gold)
    for picked, scored in ((0, 1), (1, 0)):
        best = max(LINKS, key=lambda link: sum(t[link][0] for t in tables[picked].values()))
        print(
            f"picked on half {picked}: LINK_MIN {best}; on half {scored}:",
            row({name: table[best] for name, table in tables[scored].items()}),
        )
    print("mean of both, by LINK_MIN:")
    for link in LINKS:
        print(
            f"  {link}",
            row(
                {
                    name: tuple(
                        (tables[0][name][link][n] + tables[1][name][link][n]) / 2 for n in (0, 1)
                    )
                    for name in names
                }
            ),
        )


def row(scores: Mapping[str, tuple[float, ...]]) -> str:
    mean = sum(score[0] for score in scores.values()) / len(scores)
    each = "  ".join(f"{name} {b:.1f} ({pair:.1f})" for name, (b, pair) in scores.items())
    return f"{each}  mean {mean:.2f}"


def whole(names: Sequence[str]) -> dict[str, tuple[float, float]]:
    found = {}
    for name in names:
        articles, gold = read(name)
        found[name] = f1(stories.group(articles), gold)
    return found


def pools(articles: Sequence[Article], gold: Gold, size: int) -> Iterator[list[Article]]:
    """Small desks cut from a set, the same each time: runs of days, or stories of some sizes."""
    chance = random.Random(1)
    if len({article.published_at.date() for article in articles}) > POOLS:
        ordered = sorted(articles, key=lambda a: (a.published_at, a.id))
        starts = list(range(0, len(ordered) - size, size))
        chance.shuffle(starts)
        runs = (ordered[at : at + size] for at in starts[:POOLS])
        yield from (run for run in runs if sum(a.id in gold for a in run) >= POOL_GOLD_MIN)
        return
    told: defaultdict[str, list[Article]] = defaultdict(list)
    for article in articles:
        told[gold[article.id]].append(article)
    for _ in range(POOLS):
        some = chance.sample(sorted(told), min(len(told), size // 4))
        sizes = {story: min(len(told[story]), chance.choice((1, 2, 4, 8))) for story in some}
        yield [a for story in some for a in chance.sample(told[story], sizes[story])]


def small(names: Sequence[str], size: int) -> dict[str, tuple[float, float]]:
    """The mean F1 over the pools of each set."""
    found = {}
    for name in names:
        articles, gold = read(name)
        scores = [
            f1(stories.group(pool), {a.id: gold[a.id] for a in pool if a.id in gold})
            for pool in pools(articles, gold, size)
        ]
        bcubed, pairs = (sum(column) / len(scores) for column in zip(*scores, strict=True))
        found[name] = (bcubed, pairs)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("constant", nargs="?", help="as neighbourhood.NEIGHBOURS")
    parser.add_argument("values", nargs="*", type=float)
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--pools", type=int, metavar="SIZE", help="small desks of so many articles")
    options = parser.parse_args()
    if options.pools:
        print(row(small(options.sets, options.pools)))
    elif options.constant:
        module, _, constant = options.constant.partition(".")
        home = {m.__name__.split(".")[-1]: m for m in FITTED}[module]
        kind = type(getattr(home, constant))
        for value in options.values:
            setattr(home, constant, kind(value))
            print(f"{options.constant} = {value:g}:", row(whole(options.sets)), flush=True)
    elif options.whole:
        print(row(whole(options.sets)))
    else:
        fit_links(options.sets)


if __name__ == "__main__":
    main()
