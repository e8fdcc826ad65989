"""`python -m local up` keeps the stack running for a person, `files` copies what it stored, `demo` shows the job."""

import argparse
import signal
import threading
from pathlib import Path

from local.stack import ROLES, Choices, Stack

UP = Path(".lifeboat/up")


def main() -> None:
    """Parses the command line and runs the command."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("up", "run the stack until Ctrl-C"), ("demo", "back up, damage, compare, restore, prove")):
        command = commands.add_parser(name, help=text)
        command.add_argument("--port", type=int, default=0, help="port of the app (default: a free one)")
        command.add_argument("--data", type=Path, default=None, help="where everything is kept")
        command.add_argument("--users", type=int, default=200, help="size of the invented company")
        command.add_argument("--seed", type=int, default=1, help="another seed is another company")
        if name == "up":
            command.add_argument("--graph-url", default="", help="another Graph-shaped server (loopback)")
            command.add_argument("--roles", default=ROLES, help="roles of the caller, comma separated")
    files = commands.add_parser("files", help="copy what the running stack has stored into a folder")
    files.add_argument("--data", type=Path, default=UP, help="where the stack keeps everything")
    files.add_argument("--to", type=Path, default=Path(".lifeboat/files"), help="the folder")
    options = parser.parse_args()
    if options.command == "files":
        from local.files import copy_files

        print(*copy_files(options.data, options.to), sep="\n")
        return
    if options.command == "demo":
        from local.demo import demo

        raise SystemExit(demo(options))
    up(options)


def up(options: argparse.Namespace) -> None:
    """Runs the stack until Ctrl-C or SIGTERM."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    choices = Choices(
        data=options.data or UP,
        port=options.port,
        graph_url=options.graph_url,
        users=options.users,
        seed=options.seed,
        roles=options.roles,
    )
    with Stack(choices) as stack:
        print(f"ready: {stack.functions_url}/api (Graph {stack.graph_url}; {stack.data / 'stack.json'})", flush=True)
        while not ended.wait(1.0):
            gone = [child.module for child in (stack.tenant, stack.host) if child and child.process.poll() is not None]
            if gone:
                raise SystemExit(f"{', '.join(gone)} ended; see the logs in {stack.data}")


if __name__ == "__main__":
    main()
