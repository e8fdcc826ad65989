"""`python -m release package [--target ZIP]` builds and checks the package, `python -m release lock` pins wheels."""

import argparse
import hashlib
import sys
from pathlib import Path

from release import package, report, wheels


def main() -> int:
    """Parses the command line and runs the command: 0, or 1 with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("package", help="build the zip, say how large and how fast it is, check the limits")
    building.add_argument("--target", type=Path, default=package.TARGET)
    commands.add_parser(
        "lock", help="resolve requirements.txt with constraints.txt and write release/requirements.lock"
    )
    options = parser.parse_args()
    try:
        if options.command == "lock":
            print(f"{len(wheels.lock())} wheels locked in {wheels.LOCK}")
        else:
            _package(options.target.resolve())
    except wheels.Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


def _package(target: Path) -> None:
    folder = package.build(target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    print(f"{target}\nsha256     {digest}")
    for part in (report.sizes(target, folder), report.speed(folder)):
        for line in part:
            print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
