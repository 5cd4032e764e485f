"""The venue's clock under control, and what hangs on it."""

from conformance.simulator.control.acts import Acts, ControlError


class TimeActs(Acts):
    """Acts of time."""

    def expire_listen_key(self) -> None:
        """Let the listen key's time be over: listenKeyExpired is sent, then nothing more."""
        self._exchange.listen_keys.expire()

    def advance(self, ms: int) -> None:
        """Advance the venue's clock; everything due on the way happens."""
        if ms < 0:
            raise ControlError(f"the venue's clock cannot go back by {-ms} ms")
        self._venue.clock.advance(ms)
        self._venue.conclude()

    def now_ms(self) -> int:
        """Return the venue's time."""
        return self._venue.clock.now_ms()

    def skew_clock(self, ms: int) -> None:
        """Let the venue's clock differ by `ms` more from the wall's, forwards or, negative, backwards.

        serverTime, the times in answers and events, and the check of timestamps follow; nothing is passed on the way.
        """
        self._venue.clock.skew(int(ms))
        self._venue.conclude()
