"""THIRD-PARTY.txt: what the package brings besides the app, under which licences.

In: the folder of a package. Out: the text, one line a distribution. Raises Refused where a distribution names no
licence: nothing goes out that nobody may pass on.
"""

from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from release.contents import PACKAGES
from release.wheels import Refused

NAME = "THIRD-PARTY.txt"
_CLASSIFIER = "License :: OSI Approved :: "
_LONGEST = 80  # a field that is longer holds the licence's text, not its name


def written(folder: Path) -> str:
    """The text for the distributions that lie in the folder."""
    rows = []
    for path in sorted((folder / PACKAGES).glob("*.dist-info/METADATA")):
        told = HeaderParser().parsestr(path.read_text("utf-8"))
        rows.append((told["Name"], told["Version"], _licence(told), _texts(path.parent)))
    lines = [f"{name} {version}: {licence}{where}" for name, version, licence, where in rows]
    head = (
        "The package contains these works of others, without the files that a running app has no use for,\n"
        "each under its own licence. The texts of the licences lie in .python_packages/lib/site-packages.\n\n"
    )
    return head + "\n".join(lines) + "\n"


def _licence(told: Message) -> str:
    expression = told["License-Expression"]
    if expression:
        return str(expression)
    named = [
        value.removeprefix(_CLASSIFIER) for value in told.get_all("Classifier", []) if value.startswith(_CLASSIFIER)
    ]
    field = str(told["License"] or "").strip()
    if field and "\n" not in field and len(field) <= _LONGEST:
        return field
    if named:
        return ", ".join(sorted(named))
    raise Refused(f"{told['Name']} {told['Version']} names no licence")


def _texts(folder: Path) -> str:
    """Where its texts lie in the package."""
    texts = [
        path.relative_to(folder.parent).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name.split(".")[0].upper().split("_")[0] in ("LICENSE", "LICENCE", "NOTICE", "COPYING")
    ]
    return f" ({', '.join(texts)})" if texts else ""
