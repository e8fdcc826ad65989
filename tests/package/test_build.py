"""What `make package` makes: the same bytes anywhere, nothing that does not belong, every name and licence told."""

import ast
import marshal
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from release import archive, licences, report, wheels
from release.contents import APP, CODE, PACKAGES

_SITE = PACKAGES.as_posix() + "/"
_BUILD = "from release import package; package.build()"


def test_another_checkout_at_another_time_gives_the_same_bytes(built: Path, unpacked: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "somewhere" / "else"
    checkout.mkdir(parents=True)
    sources = {wheels.ROOT / "release", unpacked / CODE}  # the app as it was when the package was built
    for source in sources:
        shutil.copytree(source, checkout / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in APP:
        shutil.copyfile(unpacked / name, checkout / name)
    shutil.copytree(wheels.CACHE, checkout / ".lifeboat" / "wheels")
    for number, path in enumerate(sorted(checkout.rglob("*"))):
        os.utime(path, (946_684_800 + number, 946_684_800 + number))
    for path in checkout.rglob("*.py"):
        path.chmod(0o755)
    subprocess.run(
        [sys.executable, "-c", _BUILD],
        cwd=checkout,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    )
    assert (checkout / "dist" / "lifeboat.zip").read_bytes() == built.read_bytes()


def test_the_zip_holds_the_app_its_packages_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(built) as opened:
        assert opened.testzip() is None
        names = opened.namelist()
        entries = {(one.date_time, one.external_attr >> 16, one.create_system) for one in opened.infolist()}
    assert names == sorted(set(names))
    assert entries == {((1980, 1, 1, 0, 0, 0), 0o100644, 3)}
    tops = {name.partition("/")[0] for name in names}
    assert tops == {*APP, CODE, ".python_packages", "__pycache__", licences.NAME}
    for name in names:
        inside = name.removeprefix(_SITE)
        last = inside.rpartition("/")[2]
        assert last not in {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}, name
        assert not inside.startswith(("msgraph/", "bin/", "Scripts/")), name
        assert not {"tests", "test"} & set(inside.split("/")), name
        assert "kiota-dom-export" not in name


def test_every_source_has_its_bytecode_and_none_tells_where_it_was_made(unpacked: Path) -> None:
    sources = {path for path in unpacked.rglob("*.py")}
    compiled = {path for path in unpacked.rglob("*.pyc")}
    assert len(sources) > 1000
    assert {path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc" for path in sources} == compiled
    for path in compiled:
        content = path.read_bytes()
        assert content[4:8] == b"\x01\x00\x00\x00", f"{path} is checked against its source"
        assert str(unpacked).encode() not in content
    code = marshal.loads((unpacked / "__pycache__" / "function_app.cpython-313.pyc").read_bytes()[16:])
    assert code.co_filename == "function_app.py"


def test_the_bytecode_is_that_of_the_source_beside_it(unpacked: Path) -> None:
    """As it is not checked where it runs, it is checked here."""
    from importlib.util import source_hash

    for path in unpacked.rglob("*.py"):
        compiled = path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc"
        assert compiled.read_bytes()[8:16] == source_hash(path.read_bytes()), path


def test_the_app_in_it_is_the_app_of_the_repository(built: Path, unpacked: Path) -> None:
    for path in (wheels.ROOT / CODE).rglob("*.py"):
        if path.stat().st_mtime < built.stat().st_mtime - 60:  # one that is being edited is another by now
            assert (unpacked / path.relative_to(wheels.ROOT)).read_bytes() == path.read_bytes()
    ast.parse((unpacked / "function_app.py").read_text())


def test_it_names_each_distribution_with_its_licence(unpacked: Path) -> None:
    lines = (unpacked / licences.NAME).read_text().splitlines()
    told = {(wheels.normal(line.split()[0]), line.split()[1]) for line in lines if ": " in line}
    assert told == {
        (pin.name, f"{pin.version}:")
        for pin in wheels.locked()
        if pin.name != "msgraph-sdk"  # nothing of it is in the package
    }


def test_a_distribution_without_a_licence_stops_the_build(tmp_path: Path) -> None:
    folder = tmp_path / PACKAGES / "nobodys-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: nobodys\nVersion: 1.0\n")
    with pytest.raises(wheels.Refused, match=r"nobodys 1\.0 names no licence"):
        licences.written(tmp_path)


def test_its_size_is_within_the_limits_and_a_larger_one_is_refused(
    built: Path, unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list(report.sizes(built, unpacked))
    print("\n".join(lines))
    assert len(lines) == 12
    folder = tmp_path / "large"
    folder.mkdir()
    (folder / "host.json").write_bytes(os.urandom(5000))
    archive.pack(folder, tmp_path / "large.zip")
    monkeypatch.setattr(report, "LARGEST_ZIP", 4000)
    with pytest.raises(wheels.Refused, match="too large"):
        list(report.sizes(tmp_path / "large.zip", folder))
