"""What a world is: who answers the trader during one case, and with which account."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from conformance.gateway.account import Account
from conformance.gateway.conversation import Conversation
from conformance.gateway.upstream import Upstream
from conformance.subject.orders import OrderRequest


class WorldError(RuntimeError):
    """The world cannot be entered: what is missing, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The market as it stood when the case began; a cassette carries it, so that a case computes the same prices."""

    symbol: str
    last: Decimal
    tick: Decimal


class World(ABC):
    """One case's world. Opened before the gateway starts and closed after it, also after a failure."""

    name: ClassVar[str]
    account: Account
    testnet: ClassVar[bool] = False

    @property
    @abstractmethod
    def upstream(self) -> Upstream | None:
        """Where the gateway relays to; None when nothing is behind it (replay)."""

    @property
    @abstractmethod
    def quote(self) -> Quote:
        """The market when the case began."""

    @property
    def replay(self) -> Conversation | None:
        """The session cassette that answers instead of an upstream, if this world is one."""
        return None

    @property
    @abstractmethod
    def origin(self) -> str:
        """Who really answers, for a cassette's header: `simulator`, `testnet` or `demo`."""

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
        """Make the world ready for this case: a fresh account, a market, or a cassette."""

    def approve(self, request: OrderRequest) -> None:  # noqa: B027 - most worlds approve of every order
        """Raise `WorldError` for an order that must not be sent in this world; called before anything is."""

    async def move_price(self, path: tuple[Decimal, ...]) -> None:
        """Move the market; only where the world can."""
        raise WorldError(f"the {self.name} world cannot move the market to {path}: mark the case for `simulator` only")

    @abstractmethod
    async def close(self) -> None:
        """Leave nothing behind: no open order, no position, no server."""
