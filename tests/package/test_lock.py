"""The lock of the wheels: in step with the requirements, complete, and a wheel with another hash is refused."""

import hashlib
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from release import wheels
from release.wheels import ROOT, Refused, normal

_ANEW = "run `python -m release lock`"


def _pins(name: str) -> dict[str, str]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    found = (line.partition("==") for line in lines if line and not line.startswith("-"))
    return {normal(left.partition("[")[0]): right for left, _, right in found}


def _needed() -> set[str]:
    """Everything that the requirements bring in, by what is installed here: the same versions, the same platform."""
    seen, ahead = set[tuple[str, frozenset[str]]](), [(Requirement(line), "") for line in _requirements()]
    while ahead:
        requirement, extra = ahead.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        key = normal(requirement.name), frozenset(requirement.extras)
        if key in seen:
            continue
        seen.add(key)
        for one in requires(requirement.name) or ():
            ahead += [(Requirement(one), name) for name in ("", *requirement.extras)]
    return {name for name, _ in seen}


def _requirements() -> list[str]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines())
    return [line for line in lines if line]


def test_the_lock_is_what_requirements_and_constraints_say() -> None:
    locked = {pin.name: pin.version for pin in wheels.locked()}
    constraints = _pins("constraints.txt")
    assert locked == {name: constraints.get(name) for name in locked}, _ANEW
    assert _pins("requirements.txt").items() <= locked.items(), _ANEW
    assert locked.keys() == _needed(), _ANEW


def test_what_is_tested_here_is_what_is_shipped() -> None:
    assert {pin.name: pin.version for pin in wheels.locked()} == {
        pin.name: version(pin.name) for pin in wheels.locked()
    }


def test_each_wheel_is_locked_once() -> None:
    names = [pin.name for pin in wheels.locked()]
    assert len(names) == len(set(names)) > 20


def test_a_wheel_with_another_hash_is_refused(tmp_path: Path) -> None:
    six = next(pin for pin in wheels.locked() if pin.name == "six")
    with pytest.raises(Refused, match=r"HASH|hash"):
        wheels.fetch([wheels.Pin(six.name, six.version, "0" * 64)], tmp_path)


def test_what_lies_in_the_cache_is_known_by_its_hash_and_not_by_its_name(tmp_path: Path) -> None:
    six = next(pin for pin in wheels.locked() if pin.name == "six")
    (tmp_path / f"six-{six.version}-py2.py3-none-any.whl").write_bytes(b"something else")
    (wheel,) = wheels.fetch([six], tmp_path)
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == six.hash


def test_a_line_without_a_hash_is_no_lock(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("# head\nsix==1.17.0\n")
    with pytest.raises(Refused, match="not a line of a lock"):
        wheels.locked(lock)
