"""What ccxt makes of the venue's answers: error classes, fees, averages, settings, market data."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import ccxt
import pytest

from conformance.simulator import Simulator
from tests.clients.behaviour.ccxt_trader import MARKET, exchange
from tests.clients.behaviour.trader import SYMBOL, number


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[Any]:
    """ccxt's own client."""
    one = exchange(simulator)
    await one.load_markets()
    yield one
    await one.close()


async def raised(asking: Awaitable[Any]) -> type[BaseException]:
    """Return the class of the error that a call ends with."""
    with pytest.raises(ccxt.BaseError) as caught:
        await asking
    return caught.type


async def test_errors__have_ccxts_meaning(client: Any, simulator: Simulator) -> None:
    """Each refusal is the kind of error that ccxt knows for the real venue's code."""
    await client.create_order(MARKET, "limit", "buy", 0.01, 49000, {"newClientOrderId": "mine"})

    assert await raised(client.cancel_order("1", MARKET)) is ccxt.OrderNotFound
    assert await raised(client.fetch_order("1", MARKET)) is ccxt.OrderNotFound
    assert await raised(client.create_order(MARKET, "limit", "buy", 100, 49000)) is ccxt.InsufficientFunds
    immediate = client.create_order(MARKET, "market", "sell", 0.01, None, {"stopLossPrice": 51000})
    assert await raised(immediate) is ccxt.OrderImmediatelyFillable
    maker = client.create_order(MARKET, "limit", "buy", 0.01, 50500, {"postOnly": True})
    assert await raised(maker) is ccxt.OrderNotFillable
    fok = client.create_order(MARKET, "limit", "buy", 0.01, 49000, {"timeInForce": "FOK"})
    assert await raised(fok) is ccxt.OrderNotFillable
    simulator.control.fail("GET /fapi/v1/openOrders", "unavailable")
    assert await raised(client.fetch_open_orders(MARKET)) is ccxt.OperationFailed
    client.secret = "another"
    assert await raised(client.fetch_balance()) is ccxt.AuthenticationError


async def test_trades__have_price_fee_and_role(client: Any, simulator: Simulator) -> None:
    """A taker's and a maker's fill have their price, quantity, fee and role, and fees add up to the ledger's."""
    await client.create_order(MARKET, "market", "buy", 0.02)
    order = await client.create_order(MARKET, "limit", "sell", 0.01, 51000)
    simulator.control.fill(SYMBOL, order["id"])

    taken, made = await client.fetch_my_trades(MARKET)

    assert [(one["takerOrMaker"], one["side"], one["amount"]) for one in (taken, made)] == [
        ("taker", "buy", 0.02),
        ("maker", "sell", 0.01),
    ]
    assert (made["price"], made["cost"], made["fee"]) == (51000, 510, {"cost": 0.102, "currency": "USDT"})
    fees = sum(number(one["fee"]["cost"]) for one in (taken, made))
    assert -fees == number(simulator.control.books()["ledger"]["USDT"]["COMMISSION"])
    assert made["order"] == order["id"]


async def test_orders__have_average_cost_and_time(client: Any, simulator: Simulator) -> None:
    """An order that took several levels has the average and cost of its fills, and the venue's time."""
    simulator.control.set_book(SYMBOL, bids=[("49990", "1")], asks=[("50010", "0.010"), ("50030", "0.010")])
    placed = await client.create_order(MARKET, "market", "buy", 0.02)

    order = await client.fetch_order(placed["id"], MARKET)

    assert (order["average"], order["cost"], order["filled"], order["remaining"]) == (50020, 1000.4, 0.02, 0)
    assert (order["type"], order["status"], order["reduceOnly"]) == ("market", "closed", False)
    assert abs(order["timestamp"] - simulator.control.now_ms()) < 60_000


async def test_histories__tell_all_orders(client: Any, simulator: Simulator) -> None:
    """Orders, closed orders and triggered stops are found in the histories, with their ends."""
    resting = await client.create_order(MARKET, "limit", "buy", 0.01, 49000)
    await client.cancel_order(resting["id"], MARKET)
    await client.create_order(MARKET, "market", "buy", 0.01)
    await client.create_order(MARKET, "market", "sell", 0.01, None, {"stopLossPrice": 48000})
    simulator.control.move_price(SYMBOL, "48000")

    orders = await client.fetch_orders(MARKET)
    stops = await client.fetch_orders(MARKET, None, None, {"trigger": True})

    assert [order["status"] for order in orders] == ["canceled", "closed", "closed"]
    assert [(stop["status"], stop["triggerPrice"]) for stop in stops] == [("closed", 48000)]
    assert orders[2]["clientOrderId"] == stops[0]["clientOrderId"]


async def test_settings__are_changed_and_read(client: Any) -> None:
    """Leverage, margin mode, position mode and margin of an isolated position are what was set."""
    await client.set_leverage(7, MARKET)
    await client.set_margin_mode("isolated", MARKET)
    await client.create_order(MARKET, "market", "buy", 0.01)
    await client.add_margin(MARKET, 10)
    await client.reduce_margin(MARKET, 4)

    leverage = await client.fetch_leverage(MARKET)
    assert (leverage["longLeverage"], leverage["marginMode"]) == (7, "isolated")
    (position,) = await client.fetch_positions([MARKET])
    assert (position["marginMode"], position["contracts"]) == ("isolated", 0.01)
    assert not (await client.fetch_position_mode(MARKET))["hedged"]
    fee = await client.fetch_trading_fee(MARKET)
    assert (fee["maker"], fee["taker"]) == (0.0002, 0.0005)
    tiers = await client.fetch_leverage_tiers([MARKET])
    assert tiers[MARKET][0]["maxLeverage"] == 125
    changes = await client.fetch_margin_adjustment_history(MARKET)
    assert sorted((change["type"], change["amount"]) for change in changes) == [("add", 10), ("reduce", 4)]


async def test_income__tells_funding(client: Any, simulator: Simulator) -> None:
    """Funding is found in the history, with its sign."""
    await client.create_order(MARKET, "market", "buy", 0.1)
    simulator.control.fund(SYMBOL)

    (paid,) = await client.fetch_funding_history(MARKET)

    assert number(paid["amount"]) == number(simulator.control.books()["ledger"]["USDT"]["FUNDING_FEE"])
    (rate,) = await client.fetch_funding_rate_history(MARKET)
    assert rate["fundingRate"] == 0.0001


async def test_several_orders__are_changed_and_cancelled_at_once(client: Any, simulator: Simulator) -> None:
    """Batches amend and cancel; everything on a symbol is cancelled at once, conditional orders apart."""
    items = [
        {"symbol": MARKET, "type": "limit", "side": "buy", "amount": 0.01, "price": price} for price in (49000, 48000)
    ]
    orders = await client.create_orders(items)
    changes = [{**item, "id": order["id"], "price": 47000} for item, order in zip(items, orders, strict=True)]
    amended = await client.edit_orders(changes)
    assert [order["price"] for order in amended] == [47000, 47000]
    await client.cancel_orders([order["id"] for order in orders], MARKET)
    assert simulator.control.books()["orders"] == []

    await client.create_orders(items)
    await client.create_order(MARKET, "market", "sell", 0.01, None, {"stopLossPrice": 40000})
    await client.cancel_all_orders(MARKET)
    assert simulator.control.books()["orders"] == []
    assert len(simulator.control.books()["algo_orders"]) == 1
    await client.cancel_all_orders(MARKET, {"trigger": True})
    assert simulator.control.books()["algo_orders"] == []


async def test_market_data__is_read(client: Any, simulator: Simulator) -> None:
    """Markets with their limits, the book, prices, trades and funding rates are what the venue has."""
    simulator.control.trade(SYMBOL, "BUY", "0.1")

    market = client.market(MARKET)
    assert (market["precision"]["price"], market["precision"]["amount"], market["limits"]["cost"]["min"]) == (
        0.1,
        0.001,
        50,
    )
    book = await client.fetch_order_book(MARKET, 5)
    assert book["bids"][0][0] < book["asks"][0][0]
    assert (await client.fetch_ticker(MARKET))["last"] == float(simulator.control.price(SYMBOL))
    assert (await client.fetch_bids_asks([MARKET]))[MARKET]["bid"] == book["bids"][0][0]
    assert (await client.fetch_last_prices([MARKET]))[MARKET]["price"] == float(simulator.control.price(SYMBOL))
    assert (await client.fetch_funding_rate(MARKET))["markPrice"] == float(simulator.control.mark(SYMBOL))
    assert (await client.fetch_funding_intervals([MARKET]))[MARKET]["interval"] == "8h"
    assert (await client.fetch_open_interest(MARKET))["openInterestAmount"] == 0
    assert abs(await client.fetch_time() - simulator.control.now_ms()) < 60_000
