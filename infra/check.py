"""Runs checkov over the templates: each of its findings is fixed, or suppressed with a reason beside the resource.

In: the .bicep files of this folder. Out: what failed, exit code 1. Checkov passes over a file that its parser cannot
read without failing, so each file is parsed here as well, and must give as many resources as it declares. graph.bicep
is left out: the parser does not know its first line, and checkov has no rules for Microsoft Graph.

    .venv-checkov/bin/python infra/check.py        (`make check-infra`)
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from lark.exceptions import LarkError
from pycep import BicepParser

HERE = Path(__file__).resolve().parent
UNREADABLE = {"graph.bicep"}
RESOURCE = re.compile(r"^resource \w+ '", re.MULTILINE)


def main() -> int:
    """Prints what failed; 0 if nothing did."""
    files = [path for path in sorted(HERE.rglob("*.bicep")) if path.name not in UNREADABLE]
    declared = {path: len(RESOURCE.findall(path.read_text(encoding="utf-8"))) for path in files}
    read = {path: resources_read(path) for path in files}
    command = [
        str(Path(sys.executable).with_name("checkov")),
        "--framework",
        "bicep",
        "--skip-download",
        "--output",
        "json",
    ]
    for path in files:
        command += ["--file", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        said = json.loads(run.stdout)
    except ValueError:
        print(run.stdout, run.stderr, "checkov gave no JSON", sep="\n")
        return 1
    reports = said if isinstance(said, list) else [said]
    failed = [each for report in reports for each in report.get("results", {}).get("failed_checks", [])]
    skipped = sum(report.get("summary", report).get("skipped", 0) for report in reports)
    passed = sum(report.get("summary", report).get("passed", 0) for report in reports)
    for each in failed:
        place = Path(each["file_path"]).name
        print(f"{place}:{each['file_line_range'][0]} {each['check_id']} {each['resource']}: {each['check_name']}")
    unread = [path for path in files if read[path] != declared[path]]
    for path in unread:
        print(f"{path.name}: {declared[path]} resources, of which checkov's parser reads {read[path]}")
    total = sum(read.values())
    print(f"{len(files)} files, {total} resources; {passed} checks passed, {len(failed)} failed, {skipped} suppressed")
    return 1 if failed or unread or not passed else 0


def resources_read(path: Path) -> int:
    """How many resources checkov's parser finds in a file; 0 if it cannot read it."""
    try:
        return len(BicepParser().parse(file_path=path).get("resources", {}))
    except LarkError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
