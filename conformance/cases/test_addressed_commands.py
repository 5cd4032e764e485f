"""Commands that name the client that they are for: the venue's by its name, one that is not there, another's."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases.emulated import UNASKED, WRITING
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    Trader,
    Traders,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
    stop_market,
)
from conformance.kit.waiting import comes_true

_RULE = "NautilusTrader, commands of a strategy: client_id is the client that they are for, else the venue's"


@dataclass(frozen=True)
class _Desk:
    """A trader with a position of 0.010 and an order that rests 2 % below the price, and the same one, addressed."""

    trader: Trader
    addressed: Trader
    market: Market
    wire: Wire
    resting: Order

    @property
    def named(self) -> Order:
        """The order that rests, as one whose commands name the client."""
        return self.addressed.order(self.resting.id)

    async def submits(self) -> None:
        """Submit an order."""
        order = await self.addressed.submit(limit("BUY", "0.010", self.market.below_last("3%")))
        await order.reaches("ACCEPTED", "DENIED", "REJECTED")

    async def protects(self) -> None:
        """Submit a stop."""
        stop = stop_market("SELL", "0.010", trigger=self.market.below_last("4%"), reduce_only=True)
        await (await self.addressed.submit(stop)).reaches("ACCEPTED", "DENIED", "REJECTED")

    async def submits_two(self) -> None:
        """Submit two orders with one command."""
        prices = (self.market.below_last("3%"), self.market.below_last("4%"))
        for order in await self.addressed.submit_list([limit("BUY", "0.010", price) for price in prices]):
            await order.reaches("ACCEPTED", "DENIED", "REJECTED")

    async def amends(self) -> None:
        """Amend the order that rests."""
        await self.named.modify(price=str(self.market.below_last("3%")))
        await self.resting.reaches("UPDATED", "MODIFY_REJECTED")

    async def cancels(self) -> None:
        """Cancel the order that rests."""
        await self.named.cancel()
        await self.resting.reaches("CANCELED", "CANCEL_REJECTED")

    async def cancels_batch(self) -> None:
        """Cancel the order that rests in a batch of one."""
        await self.addressed.cancel_batch([self.named])
        await self.resting.reaches("CANCELED", "CANCEL_REJECTED")

    async def cancels_all(self) -> None:
        """Cancel all orders."""
        await self.addressed.cancel_all()
        await self.resting.reaches("CANCELED", "CANCEL_REJECTED")

    async def closes(self) -> None:
        """Close the position."""
        (position,) = (await self.trader.books())["positions"]
        (order,) = await self.addressed.close_position(position["position_id"])
        await order.reaches("FILLED", "DENIED", "REJECTED")

    async def closes_all(self) -> None:
        """Close all positions."""
        (order,) = await self.addressed.close_all_positions()
        await order.reaches("FILLED", "DENIED", "REJECTED")

    async def queries(self) -> None:
        """Query the order that rests."""
        await self.named.is_queried()

    async def queries_account(self) -> None:
        """Query the account."""
        since = self.trader.moment
        await self.addressed.query_account()

        async def asked() -> bool:
            return bool(self.wire.asked("account", since=since))

        require(await comes_true(self.trader.history, asked), "a question for the account", seen="none")


@dataclass(frozen=True, kw_only=True)
class _Command(AxisValue):
    """A command that names a client, and what has to come of it."""

    does: Callable[[_Desk], Awaitable[None]]


_COMMANDS = (
    _Command(name="submit", words="an order", does=_Desk.submits),
    _Command(name="stop", words="a stop", does=_Desk.protects),
    _Command(name="list", words="a list of orders", does=_Desk.submits_two, needs=("order_lists",)),
    _Command(name="amend", words="an amendment", does=_Desk.amends),
    _Command(name="cancel", words="a cancellation", does=_Desk.cancels),
    _Command(name="cancel-batch", words="a batch cancellation", does=_Desk.cancels_batch, needs=("batch_cancel",)),
    _Command(name="cancel-all", words="the cancellation of all orders", does=_Desk.cancels_all),
    _Command(name="close", words="the close of a position", does=_Desk.closes, needs=("close_position",)),
    _Command(name="close-all", words="the close of all positions", does=_Desk.closes_all, needs=("close_position",)),
    _Command(name="query", words="a query of an order", does=_Desk.queries),
    _Command(name="account", words="a query of the account", does=_Desk.queries_account, needs=("query_account",)),
)
_BY_NAME_AS_EVER = ("submit", "amend", "cancel-batch", "close-all", "query", "account")
_CLIENTS = (
    AxisValue(name="venue", words="the venue's client, by its name"),
    AxisValue(name="unknown", words="a client that the node has not"),
)


async def _at_the_desk(trader: Trader, wire: Wire, market: Market, client_id: str) -> _Desk:
    passes_over_what_is_free(trader)
    await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await resting.reaches("ACCEPTED")
    await trader.settles()
    return _Desk(trader, trader.addressed(client_id), market, wire, resting)


@case.each(
    "ADDR-010",
    axes={"command": _COMMANDS, "client": _CLIENTS},
    but={
        "by its name the client is found as without it": {"command": _BY_NAME_AS_EVER, "client": "venue"},
        "a client that is not there may have no orders to be cancelled": {"command": "cancel-all", "client": "unknown"},
    },
    tier="full",
    core=["cancel.unknown"],
    rule=_RULE,
    needs=["unrecordable"],
    trader=UNASKED,
)
async def test_addressed_command_is_carried_out_or_refused(
    trader: Trader, wire: Wire, market: Market, command: _Command, client: AxisValue
) -> None:
    """{command} for {client} MUST be carried out as without its name, or be refused with an event, and not be lost."""
    desk = await _at_the_desk(trader, wire, market, "BINANCE" if client.name == "venue" else "BINANCE-2")

    await command.does(desk)


@dataclass(frozen=True, kw_only=True)
class _Elsewhere(AxisValue):
    """A command for a client of another node."""

    does: Callable[[_Desk], Awaitable[object]]


async def _submits(desk: _Desk) -> None:
    await desk.addressed.submit(market_order("BUY", "0.010"))


async def _submits_list(desk: _Desk) -> None:
    await desk.addressed.submit_list(
        [market_order("BUY", "0.010"), limit("BUY", "0.010", desk.market.below_last("3%"))]
    )


async def _cancels_all(desk: _Desk) -> None:
    await desk.addressed.cancel_all()


_EXTERNAL: Mapping[str, Any] = {**UNASKED, "exec_engine": {"external_clients": ["ELSEWHERE"]}}


@case.each(
    {
        "ADDR-020": {"command": _Elsewhere(name="submit", words="an order", does=_submits)},
        "ADDR-021": {
            "command": _Elsewhere(name="list", words="a list of orders", does=_submits_list, needs=("order_lists",))
        },
        "ADDR-022": {
            "command": _Elsewhere(name="cancel-all", words="the cancellation of all orders", does=_cancels_all)
        },
    },
    tier="full",
    rule=f"{_RULE}; external_clients: these commands are published, and reach no client of the node",
    needs=["unrecordable"],
    trader=_EXTERNAL,
)
async def test_command_for_an_external_client_reaches_no_venue(
    traders: Traders, wire: Wire, market: Market, command: _Elsewhere
) -> None:
    """{command} for a client that is another node's MUST NOT be carried out at this one's venue too."""
    trader = await traders.start()
    desk = await _at_the_desk(trader, wire, market, "ELSEWHERE")
    since = trader.moment

    await command.does(desk)

    await trader.settles()
    equal(
        "requests that write", [f"{request.method} {request.path}" for request in wire.asked(WRITING, since=since)], []
    )
