"""`python -m bench [--objects N]`: what a backup of N users costs, beside raw reading, a script and the typed SDK.

One server of pre-rendered pages and one Azurite serve every case; each case is a process of its own and is run twice,
the faster run counting. Prints a table and writes bench/results.json. The ratios are within this one run; the absolute
figures are this machine's. Then `bench.costs` counts what a backup of a whole tenant asks of Graph, and `bench.restore`
measures what planning and applying a restore cost.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local.azurite import Azurite

ROOT = Path(__file__).parents[1]
TITLES = {
    "a": "raw bytes only",
    "z": "raw bytes, then zlib level 1",
    "b": "Lifeboat: to a file in storage",
    "c": "Lifeboat: with index rows, first run",
    "d": "Lifeboat: second run, nothing changed",
    "e": "msgraph-sdk typed PageIterator",
    "f": "script: httpx + json + gzip",
    "s": "two runs written, to be compared",
    "g": "Lifeboat: two runs compared, 1 % changed",
}
TARGETS = {
    "bOverE": ("b / e", 60.0, "objects/s, at least"),
    "bOverF": ("b / f", 2.0, "objects/s, at least"),
    "bCpuOverRawAndZlib": ("b / (a + zlib)", 4.0, "CPU, at most"),
    "cObjectsPerSecond": ("c", 4000.0, "objects/s, at least"),
    "dOverB": ("d / b", 0.8, "objects/s, at least"),
    "peakMb": ("peak of b, c, d", 250.0, "MB, at most"),
    "peakGrowth": ("peak of c, four times the objects", 1.15, "ratio, at most"),
    "compareSeconds": ("g, 200,000 objects", 5.0, "s, at most"),
    "comparePeakMb": ("peak of g", 250.0, "MB, at most"),
    "importSeconds": ("import function_app", 0.9, "s, at most"),
}

COMPARED = 200_000  # objects in each of two runs

type Measured = dict[str, float]


class Bench:
    """One run of the benchmark."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def case(self, name: str, graph: str, storage: str, sample: int, round_: int) -> Measured:
        """Runs one case in its own process."""
        with self.console.status(f"({name}) {TITLES[name]}"):
            command = [sys.executable, "-m", "bench.case", name, "--graph", graph, "--storage", storage]
            command += ["--round", str(round_)]
            done = subprocess.run(
                [*command, "--sample", str(sample)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=1800
            )
        if done.returncode:
            raise SystemExit(f"case {name} failed:\n{done.stderr[-3000:]}")
        measured: Measured = json.loads(done.stdout.splitlines()[-1])
        measured["objectsPerSecond"] = measured["objects"] / measured["seconds"]
        measured["cpuSecondsPer100k"] = measured["cpuSeconds"] / measured["objects"] * 100_000
        return measured

    def cases(self, names: str, objects: int, sample: int, *, rounds: int) -> dict[str, Measured]:
        """Several cases on one server and one storage account: each once a round, the fastest round counting."""
        server = [sys.executable, "-m", "bench.server", "--objects", str(objects)]
        with subprocess.Popen(server, cwd=ROOT, stdout=subprocess.PIPE, text=True) as serving:
            try:
                assert serving.stdout is not None
                with self.console.status(f"rendering {objects:,} users"):
                    ready = json.loads(serving.stdout.readline())
                self.console.print(
                    f"{objects:,} users of {ready['bytesPerObject']:,} bytes on {ready['pages']} pages", style="dim"
                )
                with Azurite() as azurite:
                    results = [
                        {name: self.case(name, ready["url"], azurite.connection_string, sample, n) for name in names}
                        for n in range(rounds)
                    ]
                return {name: max((r[name] for r in results), key=lambda m: m["objectsPerSecond"]) for name in names}
            finally:
                serving.kill()

    def comparison(self, objects: int) -> Measured:
        """Two runs compared; the faster of two tries."""
        with Azurite() as azurite:
            self.case("s", "", azurite.connection_string, objects, 1)
            tries = [self.case("g", "", azurite.connection_string, objects, n) for n in (1, 2)]
        return min(tries, key=lambda measured: measured["seconds"])


def import_seconds() -> float:
    """The import of the whole app in a new interpreter: the best of five. The typed models must not come with it."""
    code = (
        "import time; start = time.perf_counter(); import function_app; took = time.perf_counter() - start\n"
        "import sys\n"
        "assert not any(name.startswith('msgraph.generated') for name in sys.modules), 'typed models loaded'\n"
        "print(took)"
    )
    times = []
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        times.append(float(done.stdout))
    return min(times)


def ratios(cases: dict[str, Measured], larger: dict[str, Measured], compared: Measured) -> dict[str, float]:
    """The figures that have a target."""
    speed = {name: case["objectsPerSecond"] for name, case in cases.items()}
    cpu = {name: case["cpuSecondsPer100k"] for name, case in cases.items()}
    return {
        "bOverE": speed["b"] / speed["e"],
        "bOverF": speed["b"] / speed["f"],
        "bCpuOverRawAndZlib": cpu["b"] / cpu["z"],
        "cObjectsPerSecond": speed["c"],
        "dOverB": speed["d"] / speed["b"],
        "peakMb": max(cases[name]["peakMb"] for name in "bcd"),
        "peakGrowth": larger["c"]["peakMb"] / cases["c"]["peakMb"],
        "compareSeconds": compared["seconds"],
        "comparePeakMb": compared["peakMb"],
        "importSeconds": import_seconds(),
    }


def show(console: Console, cases: dict[str, Measured], found: dict[str, float]) -> bool:
    """Prints both tables. True when every target is met."""
    table = Table(title="Reading and keeping one type", title_justify="left")
    for column in ("case", "", "objects", "objects/s", "CPU-s per 100k", "peak MB", "requests", "MB written"):
        table.add_column(column, justify="left" if column in {"case", ""} else "right")
    for name, case in cases.items():
        table.add_row(
            name[0],
            TITLES[name[0]],
            f"{case['objects']:,.0f}",
            f"{case['objectsPerSecond']:,.0f}",
            f"{case['cpuSecondsPer100k']:.2f}",
            f"{case['peakMb']:.0f}",
            f"{case.get('requests', 0):,.0f}",
            f"{case.get('bytesWritten', 0) / 1e6:.1f}",
        )
    console.print(table)
    targets = Table(title="Targets", title_justify="left")
    for column in ("what", "measured", "target", ""):
        targets.add_column(column, justify="right" if column in {"measured", "target"} else "left")
    kept = True
    for key, (what, bound, unit) in TARGETS.items():
        met = found[key] >= bound if "at least" in unit else found[key] <= bound
        kept = kept and met
        targets.add_row(what, f"{found[key]:,.2f}", f"{bound:,g}", f"{unit}  {'met' if met else 'MISSED'}")
    console.print(targets)
    return kept


def main() -> None:
    """Measures, prints, writes bench/results.json; exits 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--objects", type=int, default=50_000, help="users in the tenant (default 50,000)")
    parser.add_argument("--sample", type=int, default=1_998, help="users read with the typed models")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120)
    bench, started = Bench(console), time.perf_counter()
    cases = bench.cases("azbcdef", options.objects, options.sample, rounds=2)
    larger = bench.cases("c", options.objects * 4, options.sample, rounds=1)
    compared = bench.comparison(COMPARED)
    found = ratios(cases, larger, compared)
    every = {**cases, "c4": larger["c"], "g": compared}
    kept = show(console, every, found)
    results = {"objects": options.objects, "cases": every, "ratios": found}
    path = ROOT / "bench" / "results.json"
    path.write_text(json.dumps(results, indent=2) + "\n")
    console.print(f"{path.relative_to(ROOT)} written, {time.perf_counter() - started:.0f} s", style="dim")
    for more in ("bench.costs", "bench.restore"):  # each adds its part
        kept = subprocess.run([sys.executable, "-m", more], cwd=ROOT, check=False).returncode == 0 and kept
    raise SystemExit(0 if kept else 1)


if __name__ == "__main__":
    main()
