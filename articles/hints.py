"""Articles in, what their pages say of each other out: related pages, and mere furniture. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from html import unescape
from itertools import combinations

from articles.fold import fold
from articles.model import Article
from articles.words import counted_terms, words

#: A page that names another as related is believed nearly as its own text would be, ...
NAMED_SCORE = 0.95
#: ... two that both have to do with a third somewhat less, ...
SIBLING_SCORE = 0.75
#: ... and a link within a text less: it may lead to what is only compared;
LINKED_SCORE = 0.7
#: but what more pages than these name, and more than this share of all, is a "most read" box.
NAMED_BY_MAX = 6
NAMED_SHARE_MAX = 0.05

#: More pages than these under one headline ("Live updates") are not what a hint means.
NAMESAKES_MAX = 6

#: A page names a handful; from a longer list only the first are read, as each pair of it counts.
NAMED_MAX = 20

#: A line on this many pages whose headlines have nothing in common is furniture of the site.
FURNITURE_PAGES = 3

#: The name of a publication has few words.
SIGNATURE_WORDS_MAX = 5

_LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"')
_SEPARATOR = re.compile(r"\s+[-|–—»•/]+\s+|\s\|\s?")


def related(articles: Sequence[Article]) -> dict[tuple[int, int], float]:
    """Pairs of positions in `articles` that pages call related, and how far that is believed."""
    believed: dict[tuple[int, int], float] = {}
    linked: defaultdict[int, set[int]] = defaultdict(set)
    for number, others in enumerate(_named(articles, [_links(article) for article in articles])):
        for one in others:
            _believe(believed, number, one, LINKED_SCORE)
    for number, others in enumerate(_named(articles, [article.related for article in articles])):
        for one in others:
            linked[number].add(one)
            linked[one].add(number)
            _believe(believed, number, one, NAMED_SCORE)
    for others in linked.values():
        for one, other in combinations(sorted(others), 2):
            _believe(believed, one, other, SIBLING_SCORE)
    return believed


def _believe(believed: dict[tuple[int, int], float], one: int, other: int, score: float) -> None:
    pair = (min(one, other), max(one, other))
    believed[pair] = max(believed.get(pair, 0.0), score)


def _links(article: Article) -> list[str]:
    """The addresses that an article's own text links to."""
    if "href" not in article.body_html:
        return []
    return [unescape(address) for address in _LINK.findall(article.body_html)]


def _named(articles: Sequence[Article], said: Sequence[Sequence[str]]) -> list[Collection[int]]:
    """For each article, which others it names: `said` are headlines and addresses, by article."""
    if not any(said):
        return []
    known: defaultdict[str, set[int]] = defaultdict(set)
    for number, article in enumerate(articles):
        for name in names(article):
            known[name].add(number)
    named = [
        {n for hint in hints[:NAMED_MAX] for n in _looked_up(known, hint)} - {number}
        for number, hints in enumerate(said)
    ]
    pages = Counter(other for others in named for other in others)
    most = max(NAMED_BY_MAX, NAMED_SHARE_MAX * len(articles))
    return [[other for other in sorted(others) if pages[other] <= most] for others in named]


def _looked_up(known: Mapping[str, set[int]], hint: str) -> set[int]:
    found = {number for key in keys(hint) for number in known.get(key, ())}
    return found if len(found) <= NAMESAKES_MAX else set()


def names(article: Article) -> tuple[str, ...]:
    """What another page may call this article: its headline and its address, in plain form."""
    return tuple(key for key in (_headline(article.title), _address(article.url or "")) if key)


def keys(hint: str) -> tuple[str, ...]:
    """A hint as `names` would have it, were it a headline, and were it an address."""
    return tuple(key for key in (_headline(hint), _address(hint)) if key)


def _headline(text: str) -> str:
    return " ".join(words(fold(text)))


def _address(url: str) -> str:
    """An address without what differs between two ways to write it."""
    return re.sub(r"^\w+://(www\.)?|/?(index\.html?)?([?#].*)?$", "", url.strip()).casefold()


def furniture(articles: Sequence[Article], letters: int) -> frozenset[str]:
    """Lines in the first `letters` of bodies that a site puts under articles of any kind."""
    pages: defaultdict[str, list[int]] = defaultdict(list)
    for number, article in enumerate(articles):
        for line in {line for line in article.body_text[:letters].split("\n") if line}:
            if len(pages[line]) < FURNITURE_PAGES:
                pages[line].append(number)
    return frozenset(
        line
        for line, numbers in pages.items()
        if len(numbers) == FURNITURE_PAGES
        and not set.intersection(*(set(counted_terms(fold(articles[n].title))) for n in numbers))
    )


def headlines(articles: Sequence[Article]) -> list[str]:
    """Each article's headline, without the publication's name behind a dash or a bar."""
    parted = [_SEPARATOR.split(article.title) for article in articles]
    signed: defaultdict[str, set[str]] = defaultdict(set)
    for parts in parted:
        if len(parts) > 1:
            signed[fold(parts[-1])].add(fold(parts[0]))
    return [" - ".join(_unsigned(parts, signed)) for parts in parted]


def _unsigned(parts: list[str], signed: Mapping[str, set[str]]) -> list[str]:
    last = parts[-1]
    is_name = len(parts) > 1 and len(last.split()) <= SIGNATURE_WORDS_MAX
    return parts[:-1] if is_name and len(signed[fold(last)]) >= FURNITURE_PAGES else parts
