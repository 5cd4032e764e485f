"""Listen keys: one active key for the account, valid for an hour unless extended (section 8)."""

import hashlib
from collections.abc import Callable

from conformance.simulator.clock import Clock, Timer
from conformance.simulator.errors import UNKNOWN_LISTEN_KEY, Refusal


class ListenKeys:
    """The account's listen key."""

    def __init__(self, clock: Clock, validity_ms: int) -> None:
        self._clock = clock
        self._validity_ms = validity_ms
        self._timer: Timer | None = None
        self._made = 0
        self.active: str | None = None
        self.on_expiry: Callable[[str], None] = lambda _: None
        """Called with a key when its time is over, after it has become invalid."""

    def start(self) -> str:
        """Return the active key, its validity extended, or a fresh one."""
        if self.active is None:
            self._made += 1
            seed = f"{self._clock.now_ms()}-{self._made}".encode()
            self.active = hashlib.sha256(seed).hexdigest()[:64]
        self._extend()
        return self.active

    def keep_alive(self) -> str:
        """Extend the active key; refuses with -1125 without one."""
        if self.active is None:
            raise Refusal(UNKNOWN_LISTEN_KEY)
        self._extend()
        return self.active

    def close(self) -> None:
        """End the active key, as its owner asks; refuses with -1125 without one."""
        if self.active is None:
            raise Refusal(UNKNOWN_LISTEN_KEY)
        self.active = None
        self._stop_timer()

    def expire(self) -> None:
        """Let the active key's time be over now."""
        key, self.active = self.active, None
        self._stop_timer()
        if key is not None:
            self.on_expiry(key)

    def _extend(self) -> None:
        self._stop_timer()
        self._timer = self._clock.at(self._clock.now_ms() + self._validity_ms, self.expire)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
