"""The trader's connections to the venue's prices, as a case breaks them and waits for them."""

from typing import TYPE_CHECKING

from conformance.history.entries import Connection, Entry, Frame
from conformance.history.history import DeadlineError, History
from conformance.kit.failure import CheckError

if TYPE_CHECKING:
    from conformance.gateway.server import Gateway

#: A trader subscribes anew at once when a connection is open again, name by name.
_SETTLED_AFTER_S = 0.5


class MarketStreams:
    """The trader's connections to the venue's market streams: prices, trades, books."""

    def __init__(self, gateway: "Gateway", history: History) -> None:
        self._gateway = gateway
        self._history = history
        self._broken_at = 0
        self._broken = 0

    async def drop(self) -> None:
        """Cut them from the venue's side, without a word."""
        self._broken_at = len(self._history)
        self._broken = await self._gateway.close_streams("market", abort=True)

    async def close(self, code: int = 1000) -> None:
        """Let the venue close them in due form, as it does after 24 hours."""
        self._broken_at = len(self._history)
        self._broken = await self._gateway.close_streams("market", code=code)

    async def ping(self) -> None:
        """Ping them, as the venue does every three minutes."""
        await self._gateway.ping_streams("market")

    async def are_open_again(self, within_s: float = 10.0) -> None:
        """Wait until as many are open again as were broken, and what they are to tell has been asked for."""
        try:
            await self._history.wait(
                lambda _: self._open >= self._broken, what="market streams", within_s=within_s, since=self._broken_at
            )
        except DeadlineError as error:
            raise CheckError(
                "market streams",
                required=f"{self._broken} to be open again within {within_s:g} s",
                seen=f"{self._open} open",
                signature="the market streams were not opened again",
                since=error.since,
            ) from None
        await self.come_to_rest()

    async def come_to_rest(self) -> None:
        """Wait until the trader opens no more of them, and asks for no more on them, for half a second."""
        while True:
            since = len(self._history)
            try:
                await self._history.wait(_asks, what="a subscription", within_s=_SETTLED_AFTER_S, since=since)
            except DeadlineError:
                return

    @property
    def _open(self) -> int:
        seen = [each for each in self._history.of(Connection, since=self._broken_at) if each.channel == "market"]
        closed = {each.id for each in seen if each.state == "closed"}
        return sum(each.state == "open" and each.id not in closed for each in seen)


def _asks(entry: Entry) -> bool:
    """Whether the trader opens a market stream, or says on one what it is to tell."""
    opens = isinstance(entry, Connection) and entry.channel == "market"
    return opens or (isinstance(entry, Frame) and (entry.channel, entry.direction) == ("market", "up"))
