"""Every benchmark can be run: its figures in the documentation can be measured again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"

#: What makes toys of them; those without are only read in.
TOYS = {"sending": {"READERS": 20, "EDITIONS": 2, "ROUNDS": 1, "FEW": 1, "SOME": 10}}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.stem for path in BENCHMARKS.glob("bench_*.py")))
def test_a_benchmark_runs(name, tmp_path):
    toy = TOYS.get(name.removeprefix("bench_"))
    program = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(BENCHMARKS)!r})
import {name}
vars({name}).update({toy!r} or {{}})
for figure in {name}.figures(Path({str(tmp_path)!r})) if {toy!r} else ():
    print(figure.line())
"""
    root = {"PYTHONPATH": str(BENCHMARKS.parent)}
    sizes = {name: str(size) for name, size in (toy or {}).items()}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | root | sizes,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert bool(done.stdout) == bool(toy)
