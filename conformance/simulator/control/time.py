"""The venue's clock under control, and what hangs on it."""

from conformance.simulator.control.acts import Acts, ControlError, whole

LONGEST_STEP_MS = 90 * 24 * 3600 * 1000
"""As far as the venue's clock is moved by one act: every timer on the way runs, so that a million years never end."""


class TimeActs(Acts):
    """Acts of time."""

    def expire_listen_key(self) -> None:
        """Let the listen key's time be over: listenKeyExpired is sent, then nothing more."""
        self._exchange.listen_keys.expire()

    def advance(self, ms: int) -> None:
        """Advance the venue's clock; everything due on the way happens."""
        if isinstance(ms, int) and ms < 0:
            raise ControlError(f"the venue's clock cannot go back by {-ms} ms")
        self._venue.clock.advance(whole(ms, "ms", 0, LONGEST_STEP_MS))
        self._venue.conclude()

    def age(self, ms: int) -> None:
        """Let the orders, stops and trades that there are have been made, and changed, so much earlier.

        What counts towards a limit has been earlier, too. The clock stays: a client that goes by the wall's can still
        sign, unlike after `advance`.
        """
        ms = whole(ms, "ms", 0, LONGEST_STEP_MS)
        self._venue.register.age(ms)
        self._venue.algo.age(ms)
        self._exchange.limits.age(ms)

    def now_ms(self) -> int:
        """Return the venue's time."""
        return self._venue.clock.now_ms()

    def skew_clock(self, ms: int) -> None:
        """Let the venue's clock differ by `ms` more from the wall's, forwards or, negative, backwards.

        serverTime, the times in answers and events, and the check of timestamps follow; nothing is passed on the way.
        """
        self._venue.clock.skew(whole(ms, "ms", -LONGEST_STEP_MS, LONGEST_STEP_MS))
        self._venue.conclude()
