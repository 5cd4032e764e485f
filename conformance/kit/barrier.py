"""A barrier: an event that the venue sends to the trader after everything else, so that nothing is still on its way."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.binance.account import Account
from conformance.binance.endpoint import Endpoint
from conformance.binance.events import LeverageUpdate
from conformance.binance.usdm import CHANGE_LEVERAGE, SYMBOL_CONFIG
from conformance.history.entries import Connection, Frame
from conformance.history.history import DeadlineError, History
from conformance.kit.venue import VenueError

if TYPE_CHECKING:
    from conformance.gateway.server import Gateway

#: What the venue sends to the trader's user stream for it.
BARRIER_EVENT = "ACCOUNT_CONFIG_UPDATE"
#: What the venue sends on the user stream; one that is lost on purpose is not waited for any longer.
_DELIVERED_WITHIN_S = 1.0
_SILENCE_S = 0.1


class Barrier:
    """Has the venue say something of no consequence on the trader's user stream, and waits until it is delivered.

    The suite sets the symbol's leverage to its present value, which the venue answers with ACCOUNT_CONFIG_UPDATE.
    Where a cassette is replayed or recorded nothing is asked: a conversation must not depend on how a case waits.
    Raises `VenueError` where the venue refuses.
    """

    def __init__(
        self, gateway: "Gateway", history: History, account: Account, symbol: str, *, can_ask: bool = True
    ) -> None:
        self._gateway = gateway
        self._history = history
        self._account = account
        self._symbol = symbol
        self._can_ask = can_ask
        self._leverage = ""
        self._known_to = 0

    async def __call__(self) -> None:
        """Return once the venue's event has been delivered; at once where the trader has no user stream."""
        if not self._can_ask:
            await self._silence()
            return
        if not self._is_heard():
            return
        since = len(self._history)
        self._learn_leverage()
        if not self._leverage:
            self._leverage = str((await self._ask(SYMBOL_CONFIG, {"symbol": self._symbol}))[0]["leverage"])
        await self._ask(CHANGE_LEVERAGE, {"symbol": self._symbol, "leverage": self._leverage})
        await self._delivered(since)

    def _learn_leverage(self) -> None:
        """Take over what the venue has told of the leverage since: another client or the trader may have changed it.

        What it told while no stream was open is in no history, so that it is asked again after each opening.
        """
        entries = self._history.entries
        for entry in entries[self._known_to :]:
            update = entry.event if isinstance(entry, Frame) else None
            if isinstance(update, LeverageUpdate) and update.config_symbol == self._symbol:
                self._leverage = update.leverage
            elif isinstance(entry, Connection) and entry.channel == "user":
                self._leverage = ""
        self._known_to = len(entries)

    async def _ask(self, endpoint: Endpoint, params: Mapping[str, str]) -> Any:
        answer = await self._gateway.ask(endpoint.method, endpoint.path, params, signer=self._account)
        if answer.status != HTTPStatus.OK:
            raise VenueError(f"{endpoint.route} of the suite itself was answered {answer.status} {answer.body}")
        return answer.body

    async def _delivered(self, since: int) -> None:
        try:
            await self._history.wait_for(Frame, _tells, what="the barrier", within_s=_DELIVERED_WITHIN_S, since=since)
        except DeadlineError:
            return

    async def _silence(self) -> None:
        """Wait until nothing has happened for a while."""
        while True:
            since = len(self._history)
            try:
                await self._history.wait(lambda _: True, what="anything", within_s=_SILENCE_S, since=since)
            except DeadlineError:
                return

    def _is_heard(self) -> bool:
        """Whether the trader has a user stream open."""
        states = {each.id: each.state for each in self._history.of(Connection) if each.channel == "user"}
        return "open" in states.values()


def _tells(frame: Frame) -> bool:
    return frame.event is not None and frame.event.name == BARRIER_EVENT
