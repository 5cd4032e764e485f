"""The lives of orders, as any client can live them. After each step the client's view must equal the venue's books."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from conformance.simulator import Controls
from tests.clients.behaviour.trader import SYMBOL, Refused, Trader, truth

Look = Callable[[], Awaitable[None]]
Life = Callable[[Trader, Controls, Look], Awaitable[None]]


def looking(trader: Trader, control: Controls) -> Look:
    """Return what compares a client's view with the books."""

    async def look() -> None:
        view = await trader.view()
        assert view.disagreements(truth(control)) == []

    return look


async def cancelled(trader: Trader, control: Controls, look: Look) -> None:
    """A limit order is placed, rests, and is cancelled; a second cancel finds nothing."""
    order = await trader.limit("BUY", "0.01", "49000")
    assert await trader.status(order) == ("open", 0)
    await look()
    await trader.cancel(order)
    assert await trader.status(order) == ("canceled", 0)
    await look()
    await refused(-2011, trader.cancel(order))


async def modified(trader: Trader, control: Controls, look: Look) -> None:
    """An order is amended twice and keeps its id."""
    order = await trader.limit("SELL", "0.01", "51000")
    await trader.modify(order, "SELL", "0.02", "51500")
    await look()
    await trader.modify(order, "SELL", "0.015", "51200")
    await look()
    await refused(-5027, trader.modify(order, "SELL", "0.015", "51200"))


async def filled_in_parts(trader: Trader, control: Controls, look: Look) -> None:
    """A resting order is filled in two parts, as a maker."""
    order = await trader.limit("BUY", "0.01", "49000")
    control.fill(SYMBOL, order, "0.004")
    assert await trader.status(order) == ("open", Decimal("0.004"))
    await look()
    control.fill(SYMBOL, order)
    assert await trader.status(order) == ("closed", Decimal("0.01"))
    await look()


async def cut_short(trader: Trader, control: Controls, look: Look) -> None:
    """An order that is partly filled is cancelled; the part remains as a position."""
    order = await trader.limit("BUY", "0.01", "49000")
    control.fill(SYMBOL, order, "0.004")
    await trader.cancel(order)
    assert await trader.status(order) == ("canceled", Decimal("0.004"))
    await look()


async def round_trip(trader: Trader, control: Controls, look: Look) -> None:
    """Market orders open a position, turn it round, and close it at another price."""
    order = await trader.market("BUY", "0.02")
    assert await trader.status(order) == ("closed", Decimal("0.02"))
    await look()
    control.move_price(SYMBOL, "50500")
    await look()
    await trader.market("SELL", "0.05")
    await look()
    await trader.market("BUY", "0.03", reduce_only=True)
    await look()


async def several_levels(trader: Trader, control: Controls, look: Look) -> None:
    """A limit order takes two levels of the book and rests with what remains."""
    control.set_book(SYMBOL, bids=[("49990", "1")], asks=[("50010", "0.002"), ("50020", "0.003")])
    order = await trader.limit("BUY", "0.01", "50030")
    assert await trader.status(order) == ("open", Decimal("0.005"))
    await look()


async def stops(trader: Trader, control: Controls, look: Look) -> None:
    """Stops of both kinds wait apart from orders; one is cancelled, the others trigger; their children trade."""
    await trader.market("BUY", "0.03")
    far = await trader.conditional("STOP_MARKET", "SELL", "0.01", trigger="40000")
    await trader.conditional("STOP_MARKET", "SELL", "0.01", trigger="49000")
    await trader.conditional("STOP", "SELL", "0.01", trigger="49000", price="49500")
    await look()
    await trader.cancel_conditional(far)
    await look()
    control.move_price(SYMBOL, "49000")
    await look()
    control.move_price(SYMBOL, "49500")
    await look()


async def take_profits(trader: Trader, control: Controls, look: Look) -> None:
    """Take-profit orders of both kinds trigger on the way up."""
    await trader.market("BUY", "0.02")
    await trader.conditional("TAKE_PROFIT_MARKET", "SELL", "0.01", trigger="51000")
    await trader.conditional("TAKE_PROFIT", "SELL", "0.01", trigger="51000", price="51500")
    await look()
    control.move_price(SYMBOL, "51000", "51500")
    await look()


async def trailing(trader: Trader, control: Controls, look: Look) -> None:
    """A trailing stop is activated on the way up and triggers on the way down."""
    await trader.market("BUY", "0.01")
    await trader.conditional("TRAILING_STOP_MARKET", "SELL", "0.01", callback="1", activation="51000")
    await look()
    control.move_price(SYMBOL, "51000", "52000")
    await look()
    control.move_price(SYMBOL, "51400")
    await look()
    assert control.books()["positions"] == []


async def refusals(trader: Trader, control: Controls, look: Look) -> None:
    """What the venue refuses is an error with Binance's code, and changes nothing."""
    await refused(-2019, trader.limit("BUY", "100", "49000"))
    await refused(-2022, trader.limit("SELL", "0.01", "51000", reduce_only=True))
    await refused(-5022, trader.limit("BUY", "0.01", "50500", post_only=True))
    await refused(-2021, trader.conditional("STOP_MARKET", "SELL", "0.01", trigger="51000"))
    await refused(-2011, trader.cancel("1"))
    await look()


async def batch(trader: Trader, control: Controls, look: Look) -> None:
    """Of a batch, one order rests, one is refused, one fills."""
    answers = await trader.batch([("BUY", "0.01", "49000"), ("BUY", "100", "49000"), ("BUY", "0.01", "50100")])
    refused_codes = [answer.code for answer in answers if isinstance(answer, Refused)]
    taken = [await trader.status(answer) for answer in answers if isinstance(answer, str)]
    assert (refused_codes, taken) == ([-2019], [("open", Decimal(0)), ("closed", Decimal("0.01"))])
    await look()


async def hedged(trader: Trader, control: Controls, look: Look) -> None:
    """In hedge mode both sides of a symbol are held at once, with orders on each."""
    await trader.hedge()
    await trader.market("BUY", "0.02", position_side="LONG")
    await trader.market("SELL", "0.01", position_side="SHORT")
    await look()
    await trader.limit("SELL", "0.02", "52000", position_side="LONG")
    await trader.market("BUY", "0.005", position_side="SHORT")
    await look()


async def refused(code: int, asking: Awaitable[Any]) -> None:
    """Require that the venue refuses with this code."""
    with pytest.raises(Refused) as caught:
        await asking
    assert caught.value.code == code


LIVES: tuple[Life, ...] = (
    cancelled,
    modified,
    filled_in_parts,
    cut_short,
    round_trip,
    several_levels,
    stops,
    take_profits,
    trailing,
    refusals,
    batch,
    hedged,
)
