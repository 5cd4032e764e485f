"""A trader as its operator handles it: what is set or kept, and whether its strategy runs."""

from abc import abstractmethod
from typing import Any, Literal

from conformance.kit.failure import CheckError
from conformance.kit.rest import Rest
from conformance.kit.waiting import comes_true


class Operated(Rest):
    """What an operator does to a trader that runs; none of it is an order."""

    @abstractmethod
    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Send one command of the subject protocol and return its reply; the history has both."""

    async def is_busy(self, for_ms: int) -> None:
        """Keep the trader's own thread from everything else for a while, beginning now: events pile up meanwhile."""
        await self.command("busy", ms=for_ms)

    async def purges(self, *kinds: Literal["orders", "positions", "account_events"], keep_s: int = 0) -> None:
        """Have it forget what is closed, kind by kind in this order, as its engine's purge timers do every few minutes.

        What has been closed for less than `keep_s` seconds is kept (the engine's buffer).
        """
        kept = {"keep_s": keep_s} if keep_s else {}
        await self.command("purge", kinds=list(kinds), **kept)

    async def sets_trading_state(self, state: Literal["ACTIVE", "REDUCING", "HALTED"]) -> None:
        """Have the risk engine let pass all orders, only what reduces a position, or none (needs `trading_state`)."""
        await self.command("set_trading_state", state=state)

    async def sets_timer(self, name: str, every_ms: int, *, by_default: bool = False) -> None:
        """Have its strategy's clock ring every so many ms: in a callback, or `by_default` in the handler of all events.

        `trader.rings(name)` is what the strategy does at the next ring.
        """
        await self.command("set_timer", name=name, every_ms=every_ms, **({"by_default": True} if by_default else {}))

    async def cancels_timer(self, name: str) -> None:
        """Have its strategy cancel the timer."""
        await self.command("cancel_timer", name=name)

    async def rung(self, name: str) -> int:
        """Return how often its strategy's timer of that name has rung."""
        return int((await self.command("rung"))["rung"].get(name, 0))

    async def hears(self, topic: str) -> None:
        """Have its strategy subscribe to a topic of the message bus from now on (needs `bus_topics`)."""
        await self.command("hear", topic=topic)

    async def hears_no_more(self, topic: str) -> None:
        """Have its strategy end its subscription to a topic (needs `bus_topics`)."""
        await self.command("hear_no_more", topic=topic)

    async def pauses(self) -> None:
        """Stop its strategy by itself: the trader and its other strategies live on."""
        await self.command("pause")

    async def resumes(self, within_s: float = 5.0) -> None:
        """Have its strategy go on once that has stopped: a managed stop takes its time."""
        began = self.moment

        async def goes_on() -> bool:
            return bool((await self.command("resume"))["resumed"])

        if not await comes_true(self.history, goes_on, within_s=within_s):
            raise CheckError(
                "the strategy that was stopped",
                required=f"stopped within {within_s:g} s",
                seen="it runs",
                since=began,
                signature="strategy runs, required stopped",
            )
