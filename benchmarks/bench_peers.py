"""The same feeds by Debian's Hugo and npm's Eleventy, which this installs where they are missing.

Each makes RSS, Atom and JSON of the newest fifty articles of sixty regions, in a process of its
own, from the same ten thousand articles: Hugo from a file each, Eleventy from one file of all that
it is given already sorted. They write less of each article, sync nothing and swap nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from harness import Figure, interleaved
from newsroom import filled, regions

from articles.model import Article

REGIONS, WORDS = 60, 340
ARTICLES = int(os.environ.get("NEWSDESK_BENCH_ARTICLES", "10000"))
ITEMS, ROUNDS = 50, 3
ELEVENTY = "@11ty/eleventy@3.1.8"

# ruff: noqa: E501, templates of the peers

OURS = """
import sys
from pathlib import Path
sys.path[:0] = {paths!r}
from newsroom import NOW, SITE, TABLE
from articles.store import Store
from feeds.catalog import Choice
from feeds import encodings
from feeds.publish import publish
from newsletter import schema
encodings.TEXT = encodings.TEXT if {encoded} else frozenset()
store = Store.open(Path({store!r}), schema.migrations)
publish(store, TABLE, SITE, Path({public!r}), NOW, choice=Choice(kinds=()))
store.close()
"""


def figures(folder: Path) -> Iterator[Figure]:
    store = filled(
        folder / "store.db", ARTICLES, regions(REGIONS), every=timedelta(hours=3), words=WORDS
    )
    articles = store.articles(range(1, ARTICLES + 1))
    store.close()
    _hugo(folder / "hugo", articles)
    _eleventy(folder / "eleventy", articles)
    here = Path(__file__).parent
    started, ways = OURS.split("store =")[0], {}
    for name, encoded in (("newsdesk", True), ("newsdesk, no gzip and brotli", False)):
        given = {
            "paths": [str(here), str(here.parent)],
            "store": str(folder / "store.db"),
            "public": str(folder / "public"),
            "encoded": encoded,
        }
        ways[name] = ([sys.executable, "-c", OURS.format(**given)], folder)
    ways["its imports"] = ([sys.executable, "-c", started.format(**given)], folder)
    ways["hugo"] = (["hugo", "--quiet"], folder / "hugo")
    ways["11ty"] = (["npx", "@11ty/eleventy", "--quiet"], folder / "eleventy")
    _run(*ways["newsdesk"])  # entries are kept from here on
    took = interleaved(
        {name: lambda way=way: _run(*way) for name, way in ways.items()},
        rounds=ROUNDS,
        before=lambda _: [
            shutil.rmtree(folder / each, ignore_errors=True)
            for each in ("public", "hugo/public", "eleventy/_site")
        ],
    )
    for peer, made in (("hugo", "hugo/public"), ("11ty", "eleventy/_site")):
        _run(*ways[peer])
        _check(folder / made)
        for name in ("newsdesk", "newsdesk, no gzip and brotli"):
            stands = name.removeprefix("newsdesk")
            yield Figure(
                what=f"full publish, {REGIONS} regions x 3 formats, whole processes{stands}",
                value=took[peer] / took[name],
                unit=f"times faster than {peer}",
                at_least=8,
                details=took,
            )
            yield Figure(
                what=f"full publish, {REGIONS} regions x 3 formats, by a desk that runs{stands}",
                value=took[peer] / (took[name] - took["its imports"]),
                unit=f"times faster than {peer}",
                at_least=8,
                details=took,
            )


def _check(made: Path) -> None:
    """What a peer wrote is what was asked for."""
    documents = [
        path.read_bytes()
        for path in made.rglob("*")
        if path.suffix in (".rss", ".xml", ".atom", ".json") and path.is_file()
    ]
    counts = [text.count(b"https://news.example.org/a/") for text in documents]
    assert len(documents) == 3 * REGIONS, len(documents)
    assert min(counts) >= ITEMS, min(counts)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _hugo(folder: Path, articles: dict[int, Article]) -> None:
    if not shutil.which("hugo"):
        subprocess.run(
            ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "hugo"], check=True
        )
    (folder / "content" / "a").mkdir(parents=True)
    for number, article in articles.items():
        head = {
            "title": article.title,
            "date": article.published_at.isoformat(),
            "regions": list(article.regions),
        }
        text = json.dumps(head) + "\n\n" + article.body_html
        (folder / "content" / "a" / f"{number}.html").write_text(text)
    settings = {
        "baseURL": "https://news.example.org/",
        "title": "The Meridian",
        "taxonomies": {"region": "regions"},
        "disableKinds": ["home", "section", "taxonomy", "sitemap", "404"],
        "ignoreErrors": ["error-disable-taxonomy"],
        "outputs": {"term": ["RSS", "ATOM", "FEED"]},
        "mediaTypes": {"application/atom": {"suffixes": ["atom"]}},
        "outputFormats": {
            "ATOM": {"mediaType": "application/atom", "baseName": "index"},
            "FEED": {"mediaType": "application/json", "baseName": "feed", "isPlainText": True},
        },
    }
    (folder / "config.json").write_text(json.dumps(settings))
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    each = "{{ range first 50 .Pages }}%s{{ end }}"
    rss = "<item><title>{{ .Title }}</title><link>{{ .Permalink }}</link><pubDate>{{ .Date }}</pubDate><description>{{ .Content | html }}</description></item>"
    atom = '<entry><title>{{ .Title }}</title><id>{{ .Permalink }}</id><updated>{{ .Date }}</updated><content type="html">{{ .Content | html }}</content></entry>'
    item = '{"id": {{ .Permalink | jsonify }}, "title": {{ .Title | jsonify }}, "content_html": {{ .Content | jsonify }}},'
    (layouts / "term.rss.xml").write_text(f"<rss><channel>{each % rss}</channel></rss>")
    (layouts / "term.atom.atom").write_text(f"<feed>{each % atom}</feed>")
    (layouts / "term.feed.json").write_text('{"items": [' + each % item + "{}]}")


def _eleventy(folder: Path, articles: dict[int, Article]) -> None:
    (folder / "_data").mkdir(parents=True)
    (folder / "package.json").write_text('{"private": true}')
    subprocess.run(
        ["npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund", ELEVENTY],
        cwd=folder,
        check=True,
    )
    feeds: dict[str, list[dict[str, str]]] = {}
    for number in sorted(articles, reverse=True):
        article = articles[number]
        for region in article.regions:
            if len(feeds.setdefault(region, [])) < ITEMS:
                feeds[region].append(
                    {
                        "title": article.title,
                        "url": article.url or "",
                        "date": article.published_at.isoformat(),
                        "html": article.body_html,
                    }
                )
    rows = [{"name": name, "items": items} for name, items in sorted(feeds.items())]
    (folder / "_data" / "regions.json").write_text(json.dumps(rows))
    loops = {
        "rss": "<item><title>{{ i.title }}</title><link>{{ i.url }}</link><pubDate>{{ i.date }}</pubDate><description>{{ i.html }}</description></item>",
        "atom": "<entry><title>{{ i.title }}</title><id>{{ i.url }}</id><updated>{{ i.date }}</updated><content type='html'>{{ i.html }}</content></entry>",
        "json": '{"id": {{ i.url | dump | safe }}, "title": {{ i.title | dump | safe }}, "content_html": {{ i.html | dump | safe }}},',
    }
    for ending, item in loops.items():
        head = {
            "pagination": {"data": "regions", "size": 1, "alias": "region"},
            "permalink": "feeds/{{ region.name }}." + ending,
        }
        body = "{% for i in region.items %}" + item + "{% endfor %}"
        (folder / f"{ending}.njk").write_text(f"---json\n{json.dumps(head)}\n---\n{body}\n")
