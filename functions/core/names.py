"""Where things lie in storage: names in, blob names out. docs/format.md ("Layout") lists them.

Types that hold secrets have the same names in a container of their own. What the app sets down for itself and removes
again (work files of a run, large plans) lies in a third one, so that the other two can be made immutable.
"""

from functions.catalogue.model import ObjectType

SNAPSHOTS, SECRETS, WORK = "snapshots", "secrets", "work"


def container_of(entry: ObjectType) -> str:
    """The container of a type's files."""
    return SECRETS if entry.private else SNAPSHOTS


def run_prefix(tenant: str, run: str) -> str:
    """Everything of one run."""
    return f"{tenant}/{run}/"


def snapshot_name(tenant: str, run: str, key: str) -> str:
    """The records of one type in one run."""
    return f"{tenant}/{run}/{key}.json.gz"


def toc_name(tenant: str, run: str, key: str) -> str:
    """The table of contents of a snapshot file."""
    return f"{tenant}/{run}/_toc/{key}.json.gz"


def volatile_name(tenant: str, run: str, key: str) -> str:
    """The volatile properties of a type's objects, kept apart from the records."""
    return f"{tenant}/{run}/_volatile/{key}.json.gz"


def referrers_name(tenant: str, run: str) -> str:
    """Which records of a run name which ids, sorted by the id that is named."""
    return f"{tenant}/{run}/_referrers/by-id.json.gz"


def referrers_index_name(tenant: str, run: str) -> str:
    """Where in that file the blocks begin, and with which id."""
    return f"{tenant}/{run}/_referrers/index.json.gz"


def manifest_name(tenant: str, run: str) -> str:
    """The manifest; its presence commits the run."""
    return f"{tenant}/{run}/manifest.json"


def removed_name(tenant: str, run: str) -> str:
    """The manifest of a run that retention has removed, byte for byte: the chain of manifests stays whole."""
    return f"{tenant}/_removed/{run}.json"


def all_work_prefix(tenant: str) -> str:
    """What runs in progress set down, of every run."""
    return f"{tenant}/_work/"


def plans_prefix(tenant: str) -> str:
    """The blobs of restore plans: a folder a plan, and one in it an attempt to keep it."""
    return f"{tenant}/_plans/"


def work_prefix(tenant: str, run: str) -> str:
    """What a run in progress sets down between two activities; removed when the run ends."""
    return f"{tenant}/_work/{run}/"


def verify_work_prefix(tenant: str, report: str) -> str:
    """What a verification sets down between two activities; removed when it ends."""
    return f"{tenant}/_work/verify-{report}/"


def work_name(tenant: str, run: str, key: str, nonce: str) -> str:
    """One checkpoint of one type."""
    return f"{work_prefix(tenant, run)}{key}.{nonce}.db.gz"


def all_logs_prefix(tenant: str) -> str:
    """What all files of logs begin with."""
    return f"{tenant}/_logs/"


def log_prefix(tenant: str, key: str, day: str) -> str:
    """What all files of one day (YYYY-MM-DD) of a log begin with."""
    return f"{tenant}/_logs/{key}/{day[:4]}/{day[5:7]}/{day}."


def log_name(tenant: str, key: str, day: str, part: int) -> str:
    """A file of one day of a log: `2026-11-22.json.gz`, then `2026-11-22.2.json.gz` and so on."""
    return log_prefix(tenant, key, day) + ("json.gz" if part == 1 else f"{part}.json.gz")


def log_part(name: str) -> int:
    """Which file of its day a name is; 0 for a name that is none."""
    stem, _, number = name.removesuffix(".json.gz").rpartition("/")[2].partition(".")
    if not name.endswith(".json.gz") or len(stem) != len("2026-11-22"):
        return 0
    return 1 if not number else int(number) if number.isascii() and number.isdigit() else 0
