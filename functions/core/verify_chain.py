"""Whether the runs of a tenant are all there and in one chain: pure, from what was found in storage.

In: for each run what its row in the table says and what its manifest is. Out: findings, one for each thing that is
wrong. What follows from a finding is not told again: a manifest that was altered breaks the chain, too.

A run that retention is about to remove may be half gone, so nothing is said of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from functions.core.names import manifest_name, removed_name
from functions.core.verify import Finding, finding

type Place = Literal["there", "removed"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A manifest as it lies in storage: among the runs or among the removed ones. `problem` says why it cannot be read,
    `stranger` that it tells of another run or tenant; `previous` is what it names, with its hash; `logs` says that it
    names files of logs."""

    place: Place
    digest: str
    previous: tuple[str, str] | None = None
    problem: str = ""
    stranger: bool = False
    logs: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What the table of runs says: `digest` is the manifest's when it was written, "" where nobody has noted it."""

    state: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found. `folders` are the runs that have files, with a manifest or without."""

    tenant: str
    rows: Mapping[str, Row]
    folders: frozenset[str]
    manifests: Mapping[str, Kept]


def judge(facts: Facts) -> list[Finding]:
    """Every finding about runs and their chain. `lost` tells which runs they concern."""
    found = [*_of_rows(facts), *_of_manifests(facts)]
    blamed = {one.run for one in found}
    return [*found, *_of_links(facts, blamed)]


def lost(findings: list[Finding]) -> tuple[str, ...]:
    """The runs whose files or rows are not to be judged further: what is wrong with them has been said."""
    return tuple(sorted({one.run for one in findings if one.code != "chainBroken" and one.damage}))


def _of_rows(facts: Facts) -> Iterator[Finding]:
    for run, row in facts.rows.items():
        kept = facts.manifests.get(run)
        if row.state == "committed" and (kept is None or kept.place == "removed"):
            name = manifest_name(facts.tenant, run)
            if run in facts.folders:
                yield finding("manifestMissing", run, f"run {run} has files and no manifest", name=name)
            else:
                yield finding("runMissing", run, f"run {run} is committed, and none of its files is there")
        elif row.state == "removed" and kept is None:
            yield finding(
                "chainBroken",
                run,
                f"run {run} was removed by retention, and the manifest that was kept of it is gone",
                name=removed_name(facts.tenant, run),
            )
        elif row.state == "failed" and kept is not None:
            yield finding("runUnknown", run, f"run {run} has a manifest, and the index says that it failed")


def _of_manifests(facts: Facts) -> Iterator[Finding]:
    for run, kept in facts.manifests.items():
        row = facts.rows.get(run)
        if kept.place == "there" and row is None:
            yield finding("runUnknown", run, f"run {run} has a manifest and no row in the table Runs")
            continue
        if row is not None and row.state not in {"committed", "removed"}:
            continue
        if row is not None and row.state == "committed" and kept.place == "removed":
            continue  # told above
        name = removed_name(facts.tenant, run) if kept.place == "removed" else manifest_name(facts.tenant, run)
        if row is not None and row.digest and row.digest != kept.digest:
            yield finding(
                "manifestAltered",
                run,
                f"the manifest of run {run} is not the one that was written: its hash is {kept.digest}, and the table "
                f"Runs has {row.digest}; the files of the run were not looked at",
                name=name,
            )
        elif kept.problem:
            yield finding("manifestUnreadable", run, f"the manifest of run {run}: {kept.problem}", name=name)
        elif kept.stranger:
            yield finding(
                "manifestAltered", run, f"the manifest of run {run} tells of another run or tenant", name=name
            )


def _of_links(facts: Facts, blamed: set[str]) -> Iterator[Finding]:
    told = set(blamed)
    for run, kept in sorted(facts.manifests.items()):
        if kept.previous is None or run in blamed:
            continue
        before, digest = kept.previous
        there, row = facts.manifests.get(before), facts.rows.get(before)
        if before in told or (row is not None and row.state == "pruning"):
            continue
        if there is None:
            told.add(before)
            yield finding(
                "runMissing",
                before,
                f"the manifest of run {run} names run {before} as the one before, and there is nothing of it",
            )
        elif there.digest != digest:
            yield _unlinked(facts, run, before, there, digest)


def _unlinked(facts: Facts, run: str, before: str, there: Kept, digest: str) -> Finding:
    row = facts.rows.get(before)
    if row is not None and row.digest:  # the table vouches for the one before, so this one says what is not so
        return finding(
            "chainBroken",
            run,
            f"the manifest of run {run} names {digest} as the hash of the manifest of run {before}, which has "
            f"{there.digest}",
            name=manifest_name(facts.tenant, run),
        )
    name = (removed_name if there.place == "removed" else manifest_name)(facts.tenant, before)
    return finding(
        "manifestAltered",
        before,
        f"the manifest of run {before} is not the one that was written: its hash is {there.digest}, and the manifest "
        f"of run {run} names {digest}; the files of the run were not looked at",
        name=name,
    )
