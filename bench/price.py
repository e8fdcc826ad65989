"""`python -m bench.price`: what Lifeboat costs a month in Azure, as Markdown, printed and put into README.md.

The figures are those of `bench.price_figures`; `--dry` writes nothing.
"""

import argparse
from pathlib import Path

from bench import price_figures as figures
from bench.price_figures import PRICES, USERS, YEAR, Month, kept_runs, lingering_days, month, rules, seconds_a_request

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- Made by `python -m bench.price`. -->", "<!-- End of what bench.price made. -->"
FACTS = {
    "objects": ("objects", ",d"),
    "MB of one run": ("megabytes", ",.1f"),
    "requests to Graph of one run": ("requests", ",d"),
    "minutes of one run": ("minutes", ",.0f"),
    "GB-seconds": ("gbs", ",d"),
    "executions": ("executions", ",d"),
    "GB in blobs, year 7": ("stored_gb", ",.2f"),
    "GB in tables, year 7": ("table_gb", ",.2f"),
    "writes of blobs": ("writes", ",d"),
    "reads of blobs": ("reads", ",d"),
    "requests of tables": ("rows", ",d"),
    "requests of queues": ("messages", ",d"),
    "GB of logs": ("log_gb", ",.2f"),
}
_TEXT = """\
- **Compute**: minutes of one run × 60 × {runs} runs × {memory} GB × {instances} instances at once, and reading back
  what verification looks at. A request takes {second:.2f} s at the pace that Graph's limits allow
  ([docs/costs.md](docs/costs.md), which also has the requests). A Premium plan, where Flex is not to be had, is about
  150 instead.
- **Snapshots**: a run is a whole copy. With `RETENTION_MODE` at `prune` and the default rules there are
  {years} (without, 730 more each year). What was removed lies for
  up to {days} days more as a deleted version. All of it at the hot price, with seven years of directory audits, half
  an event a user and day. Zone or geo redundancy, or a second account, multiply this line and little else.
- **Index**: a row of {row:,} bytes for each object and each version; {changed:.0%} of the objects differ in each run;
  seven years of that.
- **Requests**: measured, of one run. Durable's own are taken as {durable} a type, its queues as looked at every ten
  seconds.
- **Logs**: the app's lines and the log of the backup account, counted, with {around:,} bytes around each; the host's,
  taken as {host} for each execution. The daily cap bounds this line.
- **Alert rules**: {rules} of the log, with restores enabled. Rules of the activity log cost nothing.
- **Private endpoints**: {endpoints}, with {zones} zones, {private:.2f} in any size of tenant."""


def page() -> str:
    """The Markdown between the two marks of the README."""
    months = [month(users) for users in USERS]
    sizes = [f"{users:,} users" for users in USERS]
    private = figures.ENDPOINTS * PRICES["endpoint"][0] + figures.ZONES * PRICES["zone"][0]
    counted = [[title, *(format(getattr(one, name), how) for one in months)] for title, (name, how) in FACTS.items()]
    prices = [[what, f"{amount:g}" if amount >= 0.0001 else f"{amount:.6f}"] for amount, what in PRICES.values()]
    return "\n\n".join(
        [
            _table(["a month, US dollars", *sizes], _bill(months, private)),
            _text(private),
            "<details><summary>What was counted, and the prices of a unit</summary>",
            _table(["counted", *sizes], counted),
            _table(["unit", "US dollars"], prices),
            "</details>",
        ]
    )


def _bill(months: list[Month], private: float) -> list[list[str]]:
    bills = [dict(one.lines()) for one in months]
    return [
        *([name, *(f"{one[name]:.2f}" for one in bills)] for name in bills[0]),
        ["**together**", *(f"**{one.total:.2f}**" for one in months)],
        ["with private endpoints", *(f"{one.total + private:.2f}" for one in months)],
    ]


def _text(private: float) -> str:
    years = [f"{count} after year {year}" for year, count in kept_runs().items() if year in {1, 2, YEAR}]
    return _TEXT.format(
        runs=figures.RUNS,
        memory=figures.MEMORY_GB,
        instances=figures.INSTANCES,
        second=seconds_a_request(),
        years=", ".join(years),
        days=lingering_days(),
        row=figures.ROW,
        changed=figures.CHANGED,
        durable=figures.DURABLE_REQUESTS_PER_TYPE,
        around=figures.LINE_OVERHEAD,
        host=figures.HOST_LINES_PER_EXECUTION,
        rules=rules(),
        endpoints=figures.ENDPOINTS,
        zones=figures.ZONES,
        private=private,
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---", *["---:"] * (len(head) - 1)], *rows])


def main() -> None:
    """Prints; writes the README unless told not to."""
    parser = argparse.ArgumentParser(prog="python -m bench.price", description=__doc__)
    parser.add_argument("--dry", action="store_true", help="print, write nothing")
    dry, made = parser.parse_args().dry, page()
    print(made)
    if not dry:
        before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        README.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
