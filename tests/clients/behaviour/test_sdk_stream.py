"""Whole lives of orders as the official SDK hears them on the user stream."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from conformance.simulator import Simulator
from tests.clients.behaviour.listener import SdkListener
from tests.clients.behaviour.lives import LIVES, Life
from tests.clients.behaviour.sdk_traders import SdkRest, sdk
from tests.clients.behaviour.trader import SYMBOL, truth


@pytest.fixture
async def listener(simulator: Simulator) -> AsyncIterator[SdkListener]:
    """The SDK, subscribed to the account."""
    one = await SdkListener(simulator).open()
    yield one
    await one.close()


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
async def test_life__as_heard(listener: SdkListener, simulator: Simulator, life: Life) -> None:
    """After every step, books kept from the SDK's stream events alone equal the venue's."""

    async def look() -> None:
        await listener.caught_up()
        assert listener.view.disagreements(truth(simulator.control)) == []

    await life(SdkRest(simulator), simulator.control, look)
    await look()


async def test_forced_close__as_heard(listener: SdkListener, simulator: Simulator) -> None:
    """A liquidation, a funding and a deposit reach the SDK's view without any request of its own."""
    control = simulator.control
    control.open_position(SYMBOL, "LONG", "0.1", "50000")
    control.fund(SYMBOL)
    control.deposit("USDT", "250")
    control.liquidate(SYMBOL)

    await listener.caught_up()

    assert listener.view.disagreements(truth(control)) == []


async def test_market_streams__are_read_by_the_sdk(simulator: Simulator) -> None:
    """The SDK subscribes to market and book streams and reads what comes."""
    streams = await sdk(simulator).websocket_streams.create_connection()
    heard: dict[str, asyncio.Future[object]] = {}
    loop = asyncio.get_running_loop()
    for name, subscribe in (
        ("trade", streams.aggregate_trade_streams),
        ("book", streams.individual_symbol_book_ticker_streams),
        ("mark", streams.mark_price_stream),
    ):
        heard[name] = loop.create_future()
        handle = await subscribe(symbol="btcusdt")
        handle.on("message", lambda event, future=heard[name]: future.done() or future.set_result(event))

    simulator.control.move_price(SYMBOL, "50123.4")
    simulator.control.trade(SYMBOL, "BUY", "0.1")
    simulator.control.advance(1500)
    trade, book, mark = await asyncio.wait_for(asyncio.gather(*heard.values()), 10)

    assert {getattr(event, "s", None) for event in (trade, book, mark)} == {SYMBOL}
    assert getattr(book, "st", None) == 1
    await streams.close_connection()
