"""Builds the package: wheels, layout, licences, bytecode, zip.

In: where it shall lie. Out: the zip, and beside it the folder it was made of, which tests and the report look into. No
version, no time and no name of a machine goes in: what tells two builds apart is the hash of the zip.
"""

import shutil
from pathlib import Path

from release import archive, compiled, contents, licences, wheels

TARGET = wheels.ROOT / "dist" / "lifeboat.zip"


def build(target: Path = TARGET) -> Path:
    """Writes the zip and returns the folder. Raises Refused."""
    folder = target.with_suffix("")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    contents.lay_out(folder, wheels.fetch(wheels.locked()))
    (folder / licences.NAME).write_text(licences.written(folder), "utf-8")
    compiled.compile_all(folder)
    archive.pack(folder, target)
    return folder
