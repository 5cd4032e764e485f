"""What a world is: who answers the trader during one case, and with which account."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from conformance.binance.account import Account
from conformance.gateway.cassette.conversation import Conversation
from conformance.gateway.cassette.session_file import Origin
from conformance.gateway.upstream import Upstream
from conformance.subject.orders import OrderRequest


class WorldError(RuntimeError):
    """The world cannot be entered: what is missing, and what to do about it."""


class World(ABC):
    """One case's world. Opened before the gateway starts and closed after it, also after a failure."""

    name: ClassVar[str]
    account: Account
    testnet: ClassVar[bool] = False
    #: Put after every client order id. Empty where each case has a venue of its own, and ids may be the same in every
    #: run; an account that outlives the run would otherwise have several orders of one id, which traders confuse.
    order_mark: str = ""

    @property
    @abstractmethod
    def upstream(self) -> Upstream | None:
        """Where the gateway relays to; None when nothing is behind it (replay)."""

    @property
    def replay(self) -> Conversation | None:
        """The session cassette that answers instead of an upstream, if this world is one."""
        return None

    @property
    @abstractmethod
    def origin(self) -> Origin:
        """Who really answers, for a cassette's header."""

    @property
    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """The credentials' environment variables of the subject's process."""

    @property
    def secrets(self) -> Collection[str]:
        """What must never be written anywhere."""
        return [value for value in self.environment.values() if value]

    @abstractmethod
    async def open(self, case_id: str) -> None:
        """Make the world ready for this case: a fresh venue, an account that holds nothing, or a cassette."""

    def approve(self, request: OrderRequest, last: Decimal) -> None:  # noqa: B027 - most worlds approve of every order
        """Raise `WorldError` for an order that must not be sent in this world; called before anything is.

        `last` is the symbol's last price when the case began.
        """

    async def print_trade(self, symbol: str) -> None:  # noqa: B027 - on a living market trades come by themselves
        """Print a public trade of the symbol at its last price, where no other participants trade."""

    def adds_key(self, key: Account) -> None:
        """Let the world's account have another API key; only where the world can."""
        raise WorldError(f"the {self.name} world cannot give its account another key ({key.api_key[:4]}…)")

    async def move_price(self, symbol: str, path: tuple[Decimal, ...]) -> None:
        """Move the market of a symbol; only where the world can."""
        raise WorldError(
            f"the {self.name} world cannot move the market of {symbol} to {path}: mark the case for `simulator` only"
        )

    async def act(self, what: str, given: Mapping[str, Any]) -> None:
        """Do what no client of the venue can do (liquidate, fund, fill in part); only where the world can."""
        raise WorldError(f"the {self.name} world cannot {what} {dict(given)}: mark the case for `simulator` only")

    @abstractmethod
    async def close(self) -> None:
        """Leave nothing behind: no open order, no position, no server."""
