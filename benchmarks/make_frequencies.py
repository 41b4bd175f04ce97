"""Real articles in, articles/frequencies.txt out: in what share of news a term is usual.

    python benchmarks/make_frequencies.py            # needs ../shared/data

Each source of a language counts the same, however many articles it has: one of agency reports on
markets would make "pct" a word of everybody. A term is as usual as in the language with most of it.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from articles.fold import fold  # noqa: E402
from articles.scoring import BODY_LETTERS_MAX  # noqa: E402
from articles.words import counted_terms  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
FILES = ("articles.jsonl.gz", "stories/allsides_fulltext.jsonl.gz")
LANGUAGES = ("en", "fr")  # of others there are too few articles

#: A source of fewer articles is counted with the other small ones of its language.
SOURCE_MIN = 500

#: What is rarer is as good as unknown. In per mille, as the table has it.
SHARE_MIN = 4


def main() -> None:
    terms: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    articles: Counter[tuple[str, str]] = Counter()
    for name in FILES:
        with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                source = line.get("language", "")[:2], line.get("source") or name
                articles[source] += 1
                terms[source].update(set(counted_terms(fold(text_of(line)))))
    usual: defaultdict[str, float] = defaultdict(float)
    for language in LANGUAGES:
        for term, share in shares(language, terms, articles).items():
            usual[term] = max(usual[term], share)
    write({term: round(1000 * share) for term, share in usual.items()})


def text_of(line: dict[str, str]) -> str:
    body = line.get("body_text") or line.get("body") or ""
    body = body or re.sub("<[^>]+>", " ", line.get("body_html") or "")
    return f"{line['title']}\n{line.get('summary') or ''}\n{body[:BODY_LETTERS_MAX]}"


def shares(
    language: str,
    terms: dict[tuple[str, str], Counter[str]],
    articles: Counter[tuple[str, str]],
) -> dict[str, float]:
    """The mean over the sources of a language of the share of articles that have a term."""
    groups: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for source in articles:
        if source[0] == language:
            groups[source[1] if articles[source] >= SOURCE_MIN else ""].append(source)
    sizes = {name: sum(articles[s] for s in sources) for name, sources in groups.items()}
    large = [name for name, size in sizes.items() if size >= SOURCE_MIN]
    found: defaultdict[str, float] = defaultdict(float)
    for name in large:
        for source in groups[name]:
            for term, times in terms[source].items():
                found[term] += times / sizes[name] / len(large)
    return found


def write(usual: dict[str, int]) -> None:
    by_share: defaultdict[int, list[str]] = defaultdict(list)
    for term, share in usual.items():
        if share >= SHARE_MIN:
            by_share[share].append(term)
    lines = [
        "# How many of 1,000 articles have each of these terms (articles/words.py), in English",
        "# or in French. Made by benchmarks/make_frequencies.py.",
        *(f"{n} {' '.join(sorted(by_share[n]))}" for n in sorted(by_share, reverse=True)),
    ]
    (ROOT / "articles" / "frequencies.txt").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
