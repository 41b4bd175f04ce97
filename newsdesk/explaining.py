"""An article and the evidence found in it in, lines for a terminal out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import typer

from articles.model import Article, Placement
from articles.regions import Evidence, RegionTable

#: The parts of an article in the order they are shown, and what they are called.
PARTS = (
    ("dateline", "DATELINE"),
    ("title", "HEADLINE"),
    ("standfirst", "STANDFIRST"),
    ("body_text", "TEXT"),
)

#: So many of the countries that were not chosen are shown: the others are far from it.
OTHERS_MAX = 5

#: So many of the words that speak for a country stand beside its score.
WORDS_SHOWN = 6

_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]*)*")


def lines(
    article: Article,
    placements: Sequence[Placement],
    candidates: Sequence[Placement],
    evidence: Sequence[Evidence],
    table: RegionTable,
) -> Iterator[str]:
    """Where `article` is and why: regions with scores, then its words with the places marked.

    `placements` are in force; `candidates` are the tagger's, chosen or not.
    """
    yield typer.style(article.title, bold=True)
    yield from (word for word in (article.url, article.id) if word)
    yield ""
    yield from _scores(placements, candidates, table)
    yield ""
    yield f"feeds: {', '.join(('all', *article.regions))}"
    for part, name in PARTS:
        marked = list(_marked(getattr(article, part), [e for e in evidence if e.part == part]))
        if marked:
            yield from ("", typer.style(name, dim=True), *marked)
    yield ""
    yield typer.style(
        "[SY] counted; (SY?) found, but the article is not about it; (-) no place here", dim=True
    )


def _scores(
    placements: Sequence[Placement], candidates: Sequence[Placement], table: RegionTable
) -> Iterator[str]:
    """A line a region: those in force first, then what else was in question."""
    if not placements:
        yield "in no region"
    in_force = {placement.code for placement in placements}
    words = {candidate.code: _words(candidate) for candidate in candidates}
    for placement in placements:
        line = f"{_named(placement.code, table):<34} {placement.score:4.2f}  {placement.origin:<7}"
        yield f"{typer.style(line, fg='green')} {words.get(placement.code, '')}".rstrip()
    others = [candidate for candidate in candidates if candidate.code not in in_force]
    for other in others[:OTHERS_MAX]:
        line = f"{_named(other.code, table):<34} {other.score:4.2f}  not it "
        yield typer.style(f"{line} {words[other.code]}".rstrip(), dim=True)


def _named(code: str, table: RegionTable) -> str:
    slug = table.slugs([code])[:1]
    name = table.region(slug[0]).name if slug else code
    return name if code in slug else f"{name} ({code})"


def _words(candidate: Placement) -> str:
    kinds: dict[str, list[str]] = {}
    for span in candidate.evidence[:WORDS_SHOWN]:
        kinds.setdefault(span.kind, []).append(" ".join(span.text.split()))
    return "; ".join(f"{kind} {', '.join(words)}" for kind, words in kinds.items())


def _marked(text: str, evidence: Sequence[Evidence]) -> Iterator[str]:
    """The paragraphs of `text` that hold evidence, with it marked; "..." for what is between."""
    skipped = False
    for paragraph in _PARAGRAPH.finditer(text):
        inside = [e for e in evidence if paragraph.start() <= e.start < paragraph.end()]
        if not inside:
            skipped = True
            continue
        if skipped:
            yield typer.style("...", dim=True)
            skipped = False
        yield _marked_paragraph(text, paragraph.start(), paragraph.end(), inside)


def _marked_paragraph(text: str, start: int, end: int, inside: Sequence[Evidence]) -> str:
    parts = []
    for each in inside:
        parts += [text[start : each.start], _mark(each)]
        start = each.end
    return " ".join("".join((*parts, text[start:end])).split())


def _mark(each: Evidence) -> str:
    if not each.codes:
        return f"{typer.style(each.text, fg='bright_black')}(-)"
    codes = " ".join(each.codes)
    if each.counted:
        return f"{typer.style(each.text, fg='green', bold=True)}[{codes}]"
    return f"{typer.style(each.text, fg='yellow')}({codes}?)"
