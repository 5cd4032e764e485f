"""Execution algorithms and orders of an amount of money: what is cut into slices is the amount, not a quantity."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.kit import AxisValue, Market, OrderRequest, Traders, Wire, case, market_order, require

_SYMBOL = "ETHUSDT"
_AMOUNT = Decimal(300)
_OF_MONEY = market_order("BUY", "300.000").but(symbol=_SYMBOL, quote_quantity=True)
_ENDS = ("FILLED", "DENIED", "REJECTED", "CANCELED")


@dataclass(frozen=True, kw_only=True)
class Cut(AxisValue):
    """Who cuts the order up: `asked` is the order as it is told to be."""

    asked: Callable[[Market], OrderRequest]


def _by_a_twap(_: Market) -> OrderRequest:
    return _OF_MONEY.but(exec_algorithm_id="TWAP", exec_algorithm_params={"horizon_secs": 0.9, "interval_secs": 0.3})


def _by_an_own_one(market: Market) -> OrderRequest:
    ahead = {"quantity": "100.000", "price": str(market.above_last("1%")), "time_in_force": "IOC"}
    return _OF_MONEY.but(exec_algorithm_id="SLICES", exec_algorithm_params=ahead)


@case.each(
    {
        "ALG-310": {
            "cut": Cut(name="twap", words="a TWAP", asked=_by_a_twap, needs=("twap",), trader={"twap": True}),
        },
        "ALG-311": {
            "cut": Cut(
                name="own",
                words="an algorithm of a user's own",
                asked=_by_an_own_one,
                needs=("exec_algorithms",),
                trader={"slices": True},
            ),
        },
    },
    rule="New Order: quantity is of the base asset; there is no quoteOrderQty",
    upstream=["#3845"],
    tier="full",
    core=["ALG-310"],
    needs=["unrecordable", "other_symbols"],
)
async def test_amount_that_is_cut_up_is_never_sent_as_base(
    traders: Traders, wire: Wire, market: Market, cut: Cut
) -> None:
    """An order of 300 USDT that {cut} cuts up MUST be sent as quantities worth no more in all, or be refused."""
    trader = await traders.start(symbols=[_SYMBOL])
    trader.may_differ("the trader's free balance is more than the venue has available", about="USDT", why="it trades")
    eth = await market.of(_SYMBOL)

    order = await trader.submit(cut.asked(eth))
    await order.reaches(*_ENDS)

    await trader.settles()
    sent = [Decimal(request.params["quantity"]) for request in wire.asked("place order")]
    require(sum(sent) * eth.last <= _AMOUNT * Decimal("1.01"), "quantities worth the amount asked for", seen=sum(sent))
