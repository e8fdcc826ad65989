"""`python -m local.tenant.cli URL …`: the administrator's surface of a running tenant, from a terminal.

    faults | faults add '{"do": "throttle", "path": "/users", "retryAfter": 2}' | faults clear
    switches | switches set '{"shuffle": 7, "volatile": true}' | switches reset
    audit [--after N] | audit clear
    state KIND | digest | clock [--advance SECONDS]

Prints what the tenant answers; exits with 1 where it refuses.
"""

import argparse
import sys
import urllib.error
import urllib.request

WRITES = {
    ("faults", "add"): "POST",
    ("faults", "clear"): "DELETE",
    ("switches", "set"): "PATCH",
    ("switches", "reset"): "DELETE",
    ("audit", "clear"): "DELETE",
}


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.tenant.cli", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url", help="as the tenant printed it: http://127.0.0.1:PORT")
    parser.add_argument("what", choices=["faults", "switches", "audit", "state", "digest", "clock"])
    parser.add_argument("action", nargs="?", default="", help="add, set, clear, reset, or the kind whose state to show")
    parser.add_argument("json", nargs="?", default="", help="a fault rule, or switches to change")
    parser.add_argument("--after", type=int, default=0, help="writes behind this number only")
    parser.add_argument("--advance", type=float, help="seconds to travel forward")
    return parser.parse_args(given)


def call(options: argparse.Namespace) -> tuple[str, str, bytes | None]:
    """Method, path and body of the call that was asked for."""
    path = f"/_admin/{options.what}"
    if options.what == "clock" and options.advance is not None:
        return "POST", path, f'{{"advanceSeconds": {options.advance}}}'.encode()
    if options.what == "state":
        return "GET", f"{path}/{options.action}", None
    if not options.action:
        return "GET", f"{path}?after={options.after}" if options.what == "audit" else path, None
    method = WRITES.get((options.what, options.action))
    if method is None:
        raise SystemExit(f"{options.what} {options.action}: there is no such call; --help lists them")
    return method, path, options.json.encode() if method in ("POST", "PATCH") else None


def main(given: list[str]) -> int:
    options = arguments(given)
    method, path, body = call(options)
    request = urllib.request.Request(options.url.rstrip("/") + path, data=body, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            sys.stdout.buffer.write(answer.read())
    except urllib.error.HTTPError as refused:
        sys.stderr.buffer.write(refused.read() + b"\n")
        return 1
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
