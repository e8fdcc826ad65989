"""`python -m local.host --app DIR --port N --data DIR`: serves a Functions app on 127.0.0.1 until SIGTERM or Ctrl-C.

Settings of the app come from the environment; packages that the app brings along go before those installed here, as in
Azure. When it is ready, one line of JSON goes to stdout: {"functionsUrl", "pid"}. Exit code 0 after a stop, 1 when the
app cannot be indexed or the host fails, with the reason on stderr.
"""

import argparse
import asyncio
import atexit
import json
import os
import signal
import sys
import threading
from pathlib import Path

from local.host import log
from local.host.errors import HostError
from local.host.principal import ALL_ROLES

_PACKAGES = Path(".python_packages/lib/site-packages")  # where the platform looks for what an app brings along
_LAST_CALL = 3.0  # seconds that a function still in a thread has before the process ends without it


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.host", description="A Functions host for a laptop.")
    parser.add_argument("--app", type=Path, required=True, help="directory with function_app.py and host.json")
    parser.add_argument("--port", type=int, default=7071, help="0 takes a free port")
    parser.add_argument("--data", type=Path, required=True, help="where orchestrations and timers are kept")
    parser.add_argument("--roles", default=",".join(ALL_ROLES), help="app roles of the local user, by commas")
    parser.add_argument("--verbose", action="store_true", help="log what goes well, too")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    # Not before main() has put the app's own packages first: this host and the app share modules.
    from local.host.server import Host, Options

    roles = [role.strip() for role in arguments.roles.split(",") if role.strip()]
    options = Options(arguments.app.resolve(), arguments.port, arguments.data.resolve(), roles, os.environ)
    host = Host(options)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, host.stop)
    await host.start()
    print(json.dumps({"functionsUrl": host.url, "pid": os.getpid()}), flush=True)
    await host.run()


def _leave(ended: threading.Event) -> None:
    """The last thing that Python does on its way out, but for taking every module apart, which nobody needs."""
    if ended.is_set():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def main() -> int:
    ended = threading.Event()
    atexit.register(_leave, ended)  # registered first, called last
    arguments = _arguments()
    log.setup(verbose=arguments.verbose)
    packages = arguments.app.resolve() / _PACKAGES
    if packages.is_dir():
        sys.path.insert(0, str(packages))
    try:
        asyncio.run(_serve(arguments))
    except HostError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the loop ran
        return 0
    leave = threading.Timer(_LAST_CALL, os._exit, (0,))
    leave.daemon = True
    leave.start()
    ended.set()
    return 0


if __name__ == "__main__":
    sys.exit(main())
