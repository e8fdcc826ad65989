"""`python -m tests.package.served FILE …`: the local host; at its end it writes where each module came from."""

import json
import sys
from pathlib import Path


def main() -> int:
    """What follows FILE is for the host."""
    target = Path(sys.argv.pop(1))
    from local.host.__main__ import main as serve

    code = serve()
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.copy().items()}
    target.write_text(json.dumps({name: file for name, file in files.items() if file}))
    return code


if __name__ == "__main__":
    sys.exit(main())
