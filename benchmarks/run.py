"""Names of benchmarks in, their figures next to the targets out, also as results/NAME.json.

make bench                      all of them
make bench NAMES=publishing     benchmarks/bench_publishing.py
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import harness  # noqa: E402


def main(names: list[str]) -> int:
    known = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    if unknown := set(names) - set(known):
        print(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return 1
    short = 0
    for name in names or known:
        print(f"{name}:", flush=True)
        module = importlib.import_module(f"bench_{name}")
        found = []
        with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
            for figure in module.figures(Path(folder)):
                print(figure.line(), flush=True)
                found.append(figure)
        harness.write(name, found)
        short += sum(not figure.reached for figure in found)
    print(f"{short} short of their targets" if short else "all targets reached")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
