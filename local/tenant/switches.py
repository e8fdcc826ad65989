"""Standing behaviours of the emulated service, off by default; an administrator of the emulator turns them on.

Each counts how often it took effect, so that a test can prove that it did.
"""

from collections import Counter
from typing import Literal

import msgspec


class Lag(msgspec.Struct, forbid_unknown_fields=True):
    """After a write, reads see the old state for this long and for this many reads; `writes` makes later writes miss a
    new object too."""

    milliseconds: float = 0
    reads: int = 0
    writes: bool = False


class WriteQuota(msgspec.Struct, forbid_unknown_fields=True):
    """So many writes in so many seconds; 0 for as many as come. The documented limit is 3000 in 150 seconds."""

    writes: int = 0
    seconds: float = 150


class Switches(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """`shuffle` is a seed, 0 for off; `latency` is in milliseconds; `page_token_seconds` is the life of a next
    link; `max_page` cuts every page to so many objects, 0 for as many as asked for; `unreadable_members` are kinds
    whose members come as bare ids; `revoked` are application permissions that the caller has lost; `licences` are
    the service plans the tenant has; `rates` are requests per second by bucket; `cloud` is where the tenant lives;
    `caller_roles` are the directory roles that the caller's service principal holds, by name, or `Name@unit` within
    an administrative unit; `concurrency` refuses a write that overlaps another one to the same application, or to
    any licence."""

    shuffle: int = 0
    volatile: bool = False
    lag: Lag = msgspec.field(default_factory=Lag)
    latency: float = 0
    rates: dict[str, float] = {}
    ca_restore: Literal["supported", "notSupported"] = "notSupported"
    page_token_seconds: float = 1800
    delta_token_days: float = 7
    delta_page_size: int = 200
    delta_links_per_page: int = 1000
    delta_removed_at_start: bool = False
    unreadable_members: tuple[str, ...] = ()
    max_page: int = 0
    revoked: tuple[str, ...] = ()
    security_defaults: bool = False
    licences: tuple[str, ...] = ("AAD_PREMIUM", "AAD_PREMIUM_P2", "INTUNE_A", "Entra_Identity_Governance")
    cloud: Literal["global", "usGov", "usGovDoD", "china"] = "global"
    write_quota: WriteQuota = msgspec.field(default_factory=WriteQuota)
    caller_roles: tuple[str, ...] = ()
    concurrency: bool = True


class Behaviour:
    """The switches as they stand, and their hits."""

    def __init__(self) -> None:
        self.on = Switches()
        self.hits: Counter[str] = Counter()

    def change(self, body: bytes) -> None:
        """Merges what is named into what stands; an unknown name or a wrong type is refused by msgspec."""
        named = msgspec.json.decode(body, type=dict[str, object])
        merged = {**msgspec.to_builtins(self.on), **named}
        self.on = msgspec.convert(merged, Switches)

    def reset(self) -> None:
        self.on = Switches()
        self.hits.clear()

    def hit(self, name: str) -> None:
        self.hits[name] += 1
