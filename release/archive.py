"""A folder as a zip with nothing of this moment or machine in it.

In: a folder. Out: a zip whose entries are in order of name, with one time, one mode and one maker. Folders have no
entries of their own.
"""

import zipfile
from pathlib import Path

_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can tell
_MODE = 0o100644 << 16
_UNIX = 3
_LEVEL = 6  # 9 takes three times as long, for one part in a hundred less


def pack(folder: Path, target: Path) -> None:
    """Writes the zip, in place of an earlier one."""
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as opened:
        for name, path in files:
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system, entry.external_attr, entry.compress_type = _UNIX, _MODE, zipfile.ZIP_DEFLATED
            opened.writestr(entry, path.read_bytes(), compresslevel=_LEVEL)
