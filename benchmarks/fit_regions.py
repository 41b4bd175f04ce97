"""Labelled articles in; articles/places/weights.py and figures out. Reads ../shared/data.

    python benchmarks/fit_regions.py                          # figures of the weights as they are
    python benchmarks/fit_regions.py --fit                    # fit on all, write, show the figures
    python benchmarks/fit_regions.py --without foreignpolicy  # fit on the others, test on it
    python benchmarks/fit_regions.py --folds                  # a set from four fifths and others

Four vectors come out, one for each way the two knobs stand: subject or mention, with a home or
without. Logistic regression by Newton's method fits in seconds and reads as a list of reasons.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from articles.model import Article  # noqa: E402
from articles.places import ranking, weights  # noqa: E402
from articles.places.evidence import find_places  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "regions"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
Array = NDArray[np.float64]

#: How much a large weight costs; found by cross-validation to hardly matter between 0.3 and 3.
RIDGE = 1.0

#: The same files in five parts, always the same.
FOLDS = 5

#: What each vector learns from: the run, and how much a candidate of it counts. Reuters has 100
#: times the articles of the others, and half of those name the one country they are about.
RECIPES: dict[str, dict[str, float]] = {
    "subject": {"reuters": 1.0},
    "subject, world": {"reuters, world": 0.1, "foreignpolicy": 1.0, "cliff": 1.0},
    "mention": {"lgl": 1.0, "trnews": 1.0, "lgl, world": 1.0},
    "mention, world": {"lgl, world": 1.0, "trnews, world": 1.0, "lgl": 1.0, "trnews": 1.0},
}

#: What only helps short reports for readers at home: long articles about the world have many
#: countries of weight, and five-fold on them is better without (Foreign Policy F1 .870 for .857,
#: exact .625 for .575; TR-News with homes .909 for .889).
SUBJECT_AT_HOME_ONLY = frozenset(
    ("rivals", "unrivalled", "rivals_to_top", "list", "title_and_list", "lead_and_list",
     "candidates")
)  # fmt: skip

#: A run is a file read with one setting of the knobs.
RUNS = {
    "reuters": "subject",
    "reuters, world": "subject, world",
    "foreignpolicy": "subject, world",
    "cliff": "subject, world",
    "trnews, world": "mention, world",
    "trnews": "mention",
    "lgl, world": "mention, world",
    "lgl": "mention",
}

#: A source's country by the end of its host's name; others are asked of the set itself.
ENDS = {
    "uk": "GB",
    "ca": "CA",
    "au": "AU",
    "lb": "LB",
    "ru": "RU",
    "nz": "NZ",
    "ie": "IE",
    "za": "ZA",
}


@dataclass(frozen=True)
class Set:
    """One run over one file: candidates of all its articles, one row each."""

    rows: Array
    is_gold: Array
    article: NDArray[np.int64]
    codes: list[str]
    gold: list[frozenset[str]]

    def part(self, articles: Iterable[int]) -> Set:
        chosen = np.isin(self.article, list(articles))
        codes = [code for code, taken in zip(self.codes, chosen, strict=True) if taken]
        return Set(self.rows[chosen], self.is_gold[chosen], self.article[chosen], codes, self.gold)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--folds", action="store_true")
    parser.add_argument("--without")
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit("no shared data")
    sets = {run: read(run) for run in RUNS}
    if options.without:
        transfer(sets, options.without)
    elif options.folds:
        folds(sets)
    else:
        vectors = (
            fit_all(sets) if options.fit else {k: np.array(v) for k, v in weights.WEIGHTS.items()}
        )
        if options.fit:
            write(vectors)
        for run, key in RUNS.items():
            show(run, sets[run], predict(sets[run], vectors[key], key))


def read(run: str) -> Set:
    """The candidates of every article of a run, with their features."""
    name, _, world = run.partition(", ")
    labelled = records(name)
    homes = [None if world else home for home in site_homes(name, labelled)]
    if run == "reuters, world":  # what a world desk would print of it
        kept = [record for record in labelled if record["regions"] != ["US"]]
        labelled, homes = kept, [None] * len(kept)
    elif not world and name in ("lgl", "trnews"):
        kept = [record for record, home in zip(labelled, homes, strict=True) if home]
        labelled, homes = kept, [home for home in homes if home]
    rows: list[list[float]] = []
    of: list[tuple[int, str]] = []
    for number, (record, home) in enumerate(zip(labelled, homes, strict=True)):
        article = as_article(record)
        found = find_places(article, home)
        for code, row in ranking.features(found, length=len(article.body_text), home=home).items():
            rows.append(row)
            of.append((number, code))
    gold = [frozenset(record["regions"]) for record in labelled]
    return Set(
        np.array(rows),
        np.array([code in gold[number] for number, code in of], dtype=float),
        np.array([number for number, _ in of]),
        [code for _, code in of],
        gold,
    )


def records(name: str) -> list[dict[str, Any]]:
    """The labelled articles of one file."""
    with gzip.open(DATA / f"{name}.dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def site_homes(name: str, records: Sequence[dict[str, object]]) -> list[str | None]:
    """Where each article's source is at home: this wire is American, foreign affairs have none."""
    if name in ("foreignpolicy", "cliff"):
        return [None] * len(records)
    if name == "reuters":
        return ["US"] * len(records)
    sources = [str(record["source"]) for record in records]
    ends = [ENDS.get(source.rpartition(".")[2]) for source in sources]
    if name == "trnews":
        return list(ends)
    # Small papers' hosts say nothing: their home is what most of their articles are about.
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for source, record in zip(sources, records, strict=True):
        counts[source].update(list(record["regions"])[:1])  # type: ignore[call-overload]
    return [counts[source].most_common(1)[0][0] for source in sources]


def as_article(record: dict[str, object]) -> Article:
    text = {key: value for key, value in record.items() if isinstance(value, str)}
    return Article(
        id=text["id"],
        title=text.get("title", ""),
        standfirst=text.get("summary", ""),
        body_text=text.get("body_text", ""),
        dateline=text.get("dateline", ""),
        language=text.get("language", ""),
        published_at=LONG_AGO,
        updated_at=LONG_AGO,
    )


def fit_all(sets: dict[str, Set], without: str = "") -> dict[str, Array]:
    return {
        key: fit([(sets[run], each) for run, each in recipe.items() if base(run) != without], key)
        for key, recipe in RECIPES.items()
        if any(base(run) != without for run in recipe)
    }


def fit(parts: Sequence[tuple[Set, float]], key: str) -> Array:
    """Ridge logistic regression; the bias costs nothing, what does not travel weighs nothing."""
    rows = np.vstack([part.rows for part, _ in parts])
    if key != "subject":
        rows = rows * [name not in SUBJECT_AT_HOME_ONLY for name in ranking.FEATURES]
    gold = np.concatenate([part.is_gold for part, _ in parts])
    each = np.concatenate([np.full(len(part.is_gold), weight) for part, weight in parts])
    ridge = np.full(rows.shape[1], RIDGE)
    ridge[0] = 1e-3
    vector = np.zeros(rows.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-rows @ vector))
        slope = rows.T @ (each * (chance - gold)) + ridge * vector
        curve = (rows * (each * chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        vector = vector - step
        if np.abs(step).max() < 1e-6:
            break
    return vector


def predict(of: Set, vector: Array, key: str) -> list[list[str]]:
    """What `ranking.placements` would keep."""
    chances = 1 / (1 + np.exp(-of.rows @ vector))
    by: defaultdict[int, list[tuple[float, str]]] = defaultdict(list)
    for number, code, chance in zip(of.article, of.codes, chances, strict=True):
        by[int(number)].append((float(chance), code))
    return [ranking.kept(sorted(by[i], key=lambda one: -one[0]), key) for i in range(len(of.gold))]


def transfer(sets: dict[str, Set], name: str) -> None:
    vectors = fit_all(sets, without=name)
    for run, key in RUNS.items():
        if base(run) == name:
            if key in vectors:
                show(f"{run}, never seen", sets[run], predict(sets[run], vectors[key], key))
            show(f"{run}, counted", sets[run], counted(sets[run]))


def folds(sets: dict[str, Set]) -> None:
    """A set's articles are judged by weights that saw its other four fifths, and the other sets."""
    for run, key in RUNS.items():
        number = len(sets[run].gold)
        fold = np.random.RandomState(0).randint(0, FOLDS, number)
        guesses: list[list[str]] = [[] for _ in range(number)]
        for k in range(FOLDS):
            parts = []
            for other, each in RECIPES[key].items():
                if base(other) != base(run):
                    parts.append((sets[other], each))
                elif other == run:
                    parts.append((sets[other].part(np.flatnonzero(fold != k)), each))
            predicted = predict(sets[run], fit(parts, key), key)
            for i in np.flatnonzero(fold == k):
                guesses[i] = predicted[i]
        show(f"{run}, five-fold", sets[run], guesses)


def counted(of: Set) -> list[list[str]]:
    """No learning: every country with a third of the weighted mentions of the first."""
    column = ranking.FEATURES.index("score_to_top")
    by: defaultdict[int, list[tuple[float, str]]] = defaultdict(list)
    for number, code, row in zip(of.article, of.codes, of.rows, strict=True):
        by[int(number)].append((float(row[column]), code))
    return [
        [code for share, code in sorted(by[i], reverse=True) if share >= 0.34]
        for i in range(len(of.gold))
    ]


def show(name: str, of: Set, guesses: Sequence[Sequence[str]]) -> None:
    """One line: micro F1, exact sets, primary (also of the articles that have a country at all)."""
    print(
        f"{name:28} {len(of.gold):5}",
        *(f"{word} {value:.3f}" for word, value in figures(of.gold, guesses)),
    )
    if base(name) == "reuters" and len(of.gold) > 5000:
        abroad = [i for i, gold in enumerate(of.gold) if gold != {"US"}]
        show("  intl", Set(of.rows, of.is_gold, of.article, [], [of.gold[i] for i in abroad]),
             [guesses[i] for i in abroad])  # fmt: skip
    elif not name.startswith(" "):
        best = sorted(Counter(of.gold).most_common(1)[0][0])
        constant = figures(of.gold, [best] * len(of.gold))
        print(
            f"  best constant {','.join(best) or 'none':18}",
            *(f"{word} {value:.3f}" for word, value in constant),
        )


def figures(
    gold: Sequence[frozenset[str]], guesses: Sequence[Sequence[str]]
) -> list[tuple[str, float]]:
    hits = sum(len(g & set(p)) for g, p in zip(gold, guesses, strict=True))
    told = sum(len(p) for p in guesses) + sum(map(len, gold))
    exact = sum(g == set(p) for g, p in zip(gold, guesses, strict=True))
    first = sum(bool(p) and p[0] in g for g, p in zip(gold, guesses, strict=True))
    return [
        ("F1", 2 * hits / told),
        ("exact", exact / len(gold)),
        ("primary", first / len(gold)),
        ("of those with one", first / sum(map(bool, gold))),
    ]


def base(run: str) -> str:
    return run.partition(",")[0]


def write(vectors: dict[str, Array]) -> None:
    """The weights as source: a reason a line."""
    lines = [
        '"""What each feature of ranking.py counts for, by benchmarks/fit_regions.py. Values."""',
        "",
        "WEIGHTS: dict[str, tuple[float, ...]] = {",
    ]
    for key, vector in vectors.items():
        lines.append(f'    "{key}": (')
        names = zip(vector, ranking.FEATURES, strict=True)
        lines += [f"        {value:.3f},  # {name}" for value, name in names]
        lines.append("    ),")
    lines.append("}")
    path = Path(weights.__file__)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
