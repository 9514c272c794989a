"""How many requests a key may make: a token bucket for each key in each process.

In the memory of the process on purpose. A bucket in the database would cost a write a request, on SQLite behind the
same lock as the workers' results; what the limit is for, keeping one platform's mistake from crowding out the others,
does not need one exact count. With ``n`` API processes a key can reach at most ``n`` times its rate.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Buckets", "Left"]

_KEPT = 10_000
"""Keys whose bucket is remembered; a forgotten bucket is a full one."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a key has left after a request."""

    allowed: bool
    tokens: int
    wait: float
    """Seconds until the next request is allowed; 0 when it is now."""


@dataclass(slots=True)
class Buckets:
    clock: Callable[[], float] = time.monotonic
    _state: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str, per_minute: int) -> Left:
        """Take one of the ``per_minute`` requests that ``key`` has; a full bucket holds a minute's worth."""
        rate, now = per_minute / 60, self.clock()
        with self._lock:
            tokens, at = self._state.pop(key, (float(per_minute), now))
            tokens = min(float(per_minute), tokens + (now - at) * rate)
            allowed = tokens >= 1
            tokens -= allowed
            self._state[key] = (tokens, now)
            if len(self._state) > _KEPT:
                self._state.pop(next(iter(self._state)))
        wait = 0.0 if tokens >= 1 else (1 - tokens) / rate if rate > 0 else 60.0
        return Left(allowed, int(tokens), wait)
