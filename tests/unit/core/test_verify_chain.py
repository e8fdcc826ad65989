"""The chain of runs, judged: each thing that can be wrong gives one finding, about the run it is about."""

import pytest

from functions.core.verify import KEPT, REMEDIES, Tally, finding
from functions.core.verify_chain import Facts, Kept, Row, judge, lost

A, B, C, D = (f"2026-11-{day}T020000Z" for day in (19, 20, 21, 22))
RUNS = (A, B, C, D)


def digest(run: str) -> str:
    return f"hash of {run}"


def whole() -> tuple[dict[str, Row], dict[str, Kept]]:
    rows = {run: Row("committed", digest(run)) for run in RUNS}
    manifests = {
        run: Kept("there", digest(run), (before, digest(before)) if before else None)
        for run, before in zip(RUNS, (None, *RUNS), strict=False)
    }
    return rows, manifests


def judged(rows: dict[str, Row], manifests: dict[str, Kept], *without_files: str) -> list[tuple[str, str]]:
    folders = frozenset(run for run in RUNS if run not in without_files)
    return [(one.code, one.run) for one in judge(Facts("t", rows, folders, manifests))]


def test_a_whole_chain_gives_no_finding():
    assert judged(*whole()) == []
    assert judged({}, {}) == []


def test_removed_runs_are_links_of_the_chain():
    rows, manifests = whole()
    for run in (A, B):
        rows[run] = Row("removed", digest(run))
        manifests[run] = Kept("removed", digest(run), manifests[run].previous)
    assert judged(rows, manifests, A, B) == []
    del rows[A]  # as after the tables were lost and made anew in part
    assert judged(rows, manifests, A, B) == []
    manifests[B] = Kept("removed", "another", manifests[B].previous)
    assert judged(rows, manifests, A, B) == [("manifestAltered", B)]
    del manifests[B]
    assert judged(rows, manifests, A, B) == [("chainBroken", B)]


@pytest.mark.parametrize("run", RUNS)
def test_a_run_of_which_nothing_is_left_is_named_once(run: str):
    rows, manifests = whole()
    del manifests[run]
    assert judged(rows, manifests, run) == [("runMissing", run)]
    assert judged(rows, manifests) == [("manifestMissing", run)]
    del rows[run]
    # of the newest run nothing is known any more but the rows of the index
    assert judged(rows, manifests, run) == ([] if run == D else [("runMissing", run)])


@pytest.mark.parametrize("run", RUNS)
def test_a_manifest_that_is_not_what_it_was_is_named_once(run: str):
    rows, manifests = whole()
    manifests[run] = Kept("there", "another", manifests[run].previous)
    assert judged(rows, manifests) == [("manifestAltered", run)]
    rows[run] = Row("committed")  # nobody noted its hash: only the next manifest tells
    assert judged(rows, manifests) == ([] if run == D else [("manifestAltered", run)])


def test_a_manifest_that_says_what_is_not_so_of_the_one_before_breaks_the_chain():
    rows, manifests = whole()
    manifests[C] = Kept("there", digest(C), (B, "another"))
    assert judged(rows, manifests) == [("chainBroken", C)]


def test_what_cannot_be_read_tells_of_another_run_or_is_of_no_run_is_named():
    rows, manifests = whole()
    manifests[B] = Kept("there", digest(B), problem="no JSON")
    manifests[C] = Kept("there", digest(C), (B, digest(B)), stranger=True)
    rows[D] = Row("failed")
    assert judged(rows, manifests) == [("runUnknown", D), ("manifestUnreadable", B), ("manifestAltered", C)]
    rows, manifests = whole()
    del rows[B]
    assert judged(rows, manifests) == [("runUnknown", B)]


def test_a_run_that_goes_or_works_is_left_alone():
    rows, manifests = whole()
    rows[A] = Row("pruning", digest(A))
    del manifests[A]
    rows[D] = Row("running")
    del manifests[D]
    assert judged(rows, manifests, A) == []


def test_the_runs_of_which_no_more_is_said():
    findings = [finding(code, code, "x") for code in ("runMissing", "chainBroken", "manifestAltered", "strayFile")]
    assert lost(findings) == ("manifestAltered", "runMissing")


def test_all_findings_are_counted_and_the_first_of_each_kept():
    one, other = (finding(code, A, "x") for code in ("rowDiffers", "strayFile"))
    tally = Tally().noting([one] * (KEPT + 10)).plus(Tally({"runs": 2}).noting([one, other])).counting(runs=1, rows=5)
    assert tally.found == {"rowDiffers": KEPT + 11, "strayFile": 1}
    assert len(tally.findings) == KEPT + 1
    assert tally.counts == {"runs": 3, "rows": 5}
    assert not tally.clean
    assert Tally().noting([other]).clean
    assert all(remedy for remedy in REMEDIES.values())
