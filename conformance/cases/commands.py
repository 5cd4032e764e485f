"""What a trader asks of the venue in the families of unknown fates: every kind of request about orders."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from conformance.kit import AxisValue, Market, Order, OrderRequest, Trader, limit, market_order, stop_market


@dataclass(frozen=True, kw_only=True)
class Command(AxisValue):
    """What is asked for: `given` are the orders before, `asked` sends the request and returns the orders it is about.

    `reaches` is what the trader's orders reach when it is done, `refusal` the trader's event that says that it was
    refused, `requests` how many requests may meet the fate.
    """

    routes: Sequence[str]
    reaches: str
    refusal: str
    given: Callable[[Trader, Market], Awaitable[list[Order]]]
    asked: Callable[[Trader, Market, list[Order]], Awaitable[list[Order]]]
    requests: int = 1


def _limit(market: Market, percent: str = "2%") -> OrderRequest:
    return limit("BUY", "0.010", market.below_last(percent))


def _stop(market: Market, percent: str = "4%") -> OrderRequest:
    return stop_market("SELL", "0.010", trigger=market.below_last(percent))


async def _nothing(trader: Trader, market: Market) -> list[Order]:
    return []


def _rests(*requests: Callable[[Market], OrderRequest]) -> Callable[[Trader, Market], Awaitable[list[Order]]]:
    async def given(trader: Trader, market: Market) -> list[Order]:
        orders = [await trader.submit(request(market)) for request in requests]
        for order in orders:
            await order.reaches("ACCEPTED")
        await trader.settles()
        return orders

    return given


def _submits(
    request: Callable[[Market], OrderRequest],
) -> Callable[[Trader, Market, list[Order]], Awaitable[list[Order]]]:
    async def asked(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
        return [await trader.submit(request(market))]

    return asked


async def _cancels(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
    await orders[0].cancel()
    return orders


async def _modifies(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
    await orders[0].modify(price=str(market.below_last("3%")))
    return orders


async def _cancels_batch(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
    await trader.cancel_batch(orders)
    return orders


async def _cancels_all(trader: Trader, market: Market, orders: list[Order]) -> list[Order]:
    await trader.cancel_all()
    return orders


_TWO = _rests(_limit, partial(_limit, percent="3%"))


async def _beside_another(trader: Trader, market: Market) -> list[Order]:
    await _rests(partial(_limit, percent="6%"))(trader.strategy(2), market)
    return await _TWO(trader.strategy(1), market)


LIMIT = Command(
    name="limit",
    words="the submission of a limit order",
    routes=("place order",),
    reaches="ACCEPTED",
    refusal="REJECTED",
    given=_nothing,
    asked=_submits(_limit),
)
MARKET = Command(
    name="market",
    words="the submission of a market order",
    routes=("place order",),
    reaches="FILLED",
    refusal="REJECTED",
    given=_nothing,
    asked=_submits(lambda market: market_order("BUY", "0.010")),
)
STOP = Command(
    name="stop",
    words="the submission of a stop",
    # 1.221 has no Algo service.
    routes=("place stop", "place order"),
    reaches="ACCEPTED",
    refusal="REJECTED",
    given=_nothing,
    asked=_submits(_stop),
)
CANCEL = Command(
    name="cancel",
    words="the cancellation of a limit order",
    routes=("cancel order",),
    reaches="CANCELED",
    refusal="CANCEL_REJECTED",
    given=_rests(_limit),
    asked=_cancels,
)
CANCEL_STOP = Command(
    name="cancel-stop",
    words="the cancellation of a stop",
    routes=("cancel stop", "cancel order"),
    reaches="CANCELED",
    refusal="CANCEL_REJECTED",
    given=_rests(_stop),
    asked=_cancels,
)
MODIFY = Command(
    name="modify",
    words="the amendment of a limit order",
    routes=("modify",),
    reaches="UPDATED",
    refusal="MODIFY_REJECTED",
    given=_rests(_limit),
    asked=_modifies,
)
CANCEL_BATCH = Command(
    name="cancel-batch",
    words="the cancellation of two orders at once",
    needs=("batch_cancel",),
    routes=("batch cancel",),
    reaches="CANCELED",
    refusal="CANCEL_REJECTED",
    given=_TWO,
    asked=_cancels_batch,
)
CANCEL_ALL = Command(
    name="cancel-all",
    words="the cancellation of all orders",
    # 2.x cancels the strategy's orders one by one.
    routes=("cancel all", "cancel order"),
    reaches="CANCELED",
    refusal="CANCEL_REJECTED",
    given=_TWO,
    asked=_cancels_all,
    requests=2,
)
#: Of a trader with two strategies: 1.x takes another way than where all orders of the symbol are the strategy's own.
CANCEL_ALL_BESIDE = replace(
    CANCEL_ALL,
    name="beside",
    words="the cancellation of all of its orders, beside another strategy's",
    routes=("batch cancel", *CANCEL_ALL.routes),
    given=_beside_another,
)
CANCEL_ALL_STOPS = Command(
    name="cancel-all-stops",
    words="the cancellation of all stops",
    # Not what 2.x tries after it: which of the two comes first would then say which stop meets what.
    routes=("cancel all", "cancel stop"),
    reaches="CANCELED",
    refusal="CANCEL_REJECTED",
    given=_rests(_stop, partial(_stop, percent="5%")),
    asked=_cancels_all,
    requests=2,
)
