"""Bytes nobody meant in, nothing out but a count: no crash, no hang, nothing alive.

    python benchmarks/fuzz.py sanitiser --cases 1000000
    python benchmarks/fuzz.py importer --cases 1000000 --engine atheris

Each byte of a case stands for a piece of the target's own language, so that cases get deep into
it. `hypothesis` is a dependency of the tests. `atheris` mutates by coverage; it is installed by
hand (`pip install atheris`, CPython 3.11), as it builds only in few places. A case that takes
longer than SECONDS_MAX of processor time fails. What was found is a test by now.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import random
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import FunctionType

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from fuzz_http import fetching, serving  # noqa: E402
from fuzz_pieces import BEGINNINGS, FILES, MARKUP  # noqa: E402

from articles import clean, sources  # noqa: E402
from articles.elements import BLOCKS, INLINE, PARTS, VOID  # noqa: E402
from articles.http import unpacked  # noqa: E402
from articles.markup import DEPTH_MAX, RefusedError, html  # noqa: E402
from articles.model import Draft, LeftOut, Refusal  # noqa: E402
from articles.plain import text_of, text_of_ours  # noqa: E402

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BASE = "https://news.example.org/a"
#: The issue's limit on a case, in processor time: the machine may be busy with other work.
SECONDS_MAX = 1.0
#: Packages whose branches lead atheris; of all there are, instrumenting alone takes minutes.
LED_BY = frozenset({"articles", "feeds", "feedparser", "h11", "html", "http", "newsdesk"})
#: Pieces in a case.
PIECES_MAX = 60


def spelled(case: bytes, pieces: list[str]) -> str:
    return "".join(pieces[byte % len(pieces)] for byte in case[: PIECES_MAX * 4])


class Balance(HTMLParser):
    """Every element that begins also ends, in order, and is one an article may have."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in BLOCKS | INLINE | PARTS, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in ("style", "srcset", "class"), name
            if name in ("href", "src", "cite"):
                web = ("http://", "https://", "mailto:", "#a-")
                assert (value or "").startswith(web), value
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag, tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def assert_well_formed(body: str) -> None:
    balance = Balance()
    balance.feed(body)
    balance.close()
    assert balance.open == [], balance.open


def sanitiser(case: bytes) -> None:
    """What leaves is well-formed, harmless, and says the same when it comes in again."""
    body = html(spelled(case, MARKUP), BASE)
    assert_well_formed(body)
    if body.count("</li></ul>") + body.count("</li></ol>") + body.count("</dl>") > DEPTH_MAX // 3:
        return  # lists gain an element by being written: what was deep may be too deep now
    again = html(body, BASE)
    assert_well_formed(again)
    assert words(text_of(again)) == words(text_of(body)), (body, again)
    assert words(text_of_ours(body)) == words(text_of(body)), body


def words(text: str) -> str:
    """Its letters: a list's numbers, and how often `&lt;` is read, change with a table around."""
    return re.sub(r"[^a-z]", "", unescape(unescape(text)))


def importer(case: bytes) -> None:
    """Whatever a file holds, each thing in it is an article, left out, or refused with a reason."""
    if not case:
        return
    name = list(FILES)[case[0] % len(FILES)]
    beginnings = ("", *BEGINNINGS.get(name, ()))
    text = beginnings[case[0] // len(FILES) % len(beginnings)] + spelled(case[1:], FILES[name])
    data = (
        text.encode("utf-8", "surrogatepass") if case[0] % 2 else text.encode("latin-1", "replace")
    )
    for found in sources.read(name, io.BytesIO(data), url=BASE):
        assert isinstance(found, Draft | Refusal | LeftOut)
        if isinstance(found, Draft):
            try:
                article = clean.article(found, id="tag:x", first_seen_at=NOW)
            except RefusedError:
                continue
            body = html(article.body_html, BASE)
            assert_well_formed(body)


def gzipped(case: bytes) -> None:
    """Packed bodies, damaged and not."""
    try:
        assert len(unpacked(b"\x1f\x8b\x08" + case, 1 << 16)) <= 1 << 16
    except (OverflowError, EOFError, __import__("zlib").error):
        pass


TARGETS: dict[str, Callable[[], Callable[[bytes], None]]] = {
    "sanitiser": lambda: sanitiser,
    "importer": lambda: importer,
    "gzip": lambda: gzipped,
    "server": serving,
    "client": fetching,
}


class Timed:
    """A target that fails a case which takes too long, and counts."""

    def __init__(self, target: Callable[[bytes], None]) -> None:
        self.target, self.cases, self.slowest_s, self.slowest = target, 0, 0.0, b""

    def __call__(self, case: bytes) -> None:
        started = time.process_time()
        self.target(case)
        took = time.process_time() - started
        self.cases += 1
        if took > self.slowest_s:
            self.slowest_s, self.slowest = took, case
        assert took < SECONDS_MAX, (took, case)


def by_hypothesis(target: Timed, cases: int, seed: int, seconds: int) -> None:
    """Hypothesis chooses and shrinks; it runs in parts, for it remembers all it did."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    part, until = 20_000, time.monotonic() + seconds
    for n in range(-(-cases // part)):
        if time.monotonic() > until:
            break

        @seeded(seed + n)
        @settings(max_examples=min(part, cases - n * part), deadline=None, database=None,
                  phases=(Phase.generate, Phase.shrink),
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(st.binary(max_size=PIECES_MAX))
        def run(case: bytes) -> None:
            target(case)

        run()


def by_random(target: Timed, cases: int, seed: int, seconds: int) -> None:
    """Plain chance, ten times as fast: long cases, and runs of one piece."""
    dice, until = random.Random(seed), time.monotonic() + seconds
    for _ in range(cases):
        if time.monotonic() > until:
            break
        case = dice.randbytes(dice.randrange(1, PIECES_MAX))
        if dice.random() < 0.2:
            case = case[:1] + case[1:5] * dice.randrange(1, 40)
        try:
            target(case)
        except BaseException:
            print(f"failed: {case!r}", file=sys.stderr)
            raise


def by_atheris(target: Timed, cases: int, seed: int, seconds: int) -> None:
    import atheris

    for each in gc.get_objects():  # coverage leads from one case to the next
        if isinstance(each, FunctionType) and str(each.__module__).partition(".")[0] in LED_BY:
            atheris.instrument_func(each)
    atheris.Setup([sys.argv[0], f"-runs={cases}", f"-seed={seed}", f"-max_len={PIECES_MAX * 4}",
                   f"-max_total_time={seconds}", "-print_final_stats=1"], target)  # fmt: skip
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument(
        "--engine", choices=("hypothesis", "random", "atheris"), default="hypothesis"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=86_400, help="then it ends, and counts")
    said = parser.parse_args()
    target = Timed(TARGETS[said.target]())
    engine = {"hypothesis": by_hypothesis, "random": by_random, "atheris": by_atheris}[said.engine]
    started = time.time()
    engine(target, said.cases, said.seed, said.seconds)
    print(json.dumps({
        "target": said.target, "engine": said.engine, "cases": target.cases, "crashes": 0,
        "slowest_s": round(target.slowest_s, 3), "seconds": round(time.time() - started),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
