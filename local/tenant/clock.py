"""The tenant's own clock: the machine's time plus a shift that an administrator of the emulator may set.

Every expiry (recycle bin, page tokens, delta tokens) is measured on it, so that thirty days pass in one call.
"""

from datetime import UTC, datetime, timedelta


class TenantClock:
    def __init__(self, shift_seconds: float = 0.0) -> None:
        self.shift = timedelta(seconds=shift_seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def seconds(self) -> float:
        return self.now().timestamp()

    def stamp(self) -> str:
        return stamp(self.now())


def stamp(moment: datetime) -> str:
    """As the directory writes a moment: whole seconds, UTC, with a Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
