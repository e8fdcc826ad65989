"""The time, asked for in one place: seconds since 1970, UTC."""

import time
from collections.abc import Callable

Now = Callable[[], float]

wall: Now = time.time
