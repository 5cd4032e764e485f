"""What a portfolio tells of all that is held: what it is worth now, and what is at stake."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.inherited import WARM, Memory
from conformance.cases.legs import HEDGED, of_leg
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Side, Trader, Traders, Venue, case, market_order, require
from conformance.kit.needs import Need
from conformance.kit.waiting import comes_true

_RULE = "Futures Account Balance V3, Account Information V3: marginBalance = walletBalance + unrealizedProfit"
_CENT = Decimal("0.01")
_OTHER = "ETHUSDT"
_LIVE = AxisValue(name="live", words="in its session")


@dataclass(frozen=True, kw_only=True)
class _Held(AxisValue):
    """What is traded, each at a price of its own: side, quantity, and a symbol or, in hedge mode, a leg."""

    trades: tuple[tuple[Side, str, str], ...]
    is_hedged: bool = False

    @property
    def symbols(self) -> list[str]:
        """The symbols that are traded."""
        return ["BTCUSDT", _OTHER] if any(of == _OTHER for _, _, of in self.trades) else ["BTCUSDT"]


_HEDGE: tuple[Need, ...] = ("hedge",)
_SYMBOLS: tuple[Need, ...] = ("other_symbols",)
_HOLDINGS = (
    _Held(name="long", words="a long", trades=(("BUY", "0.010", ""), ("SELL", "0.004", ""))),
    _Held(name="turned", words="a short that was a long", trades=(("BUY", "0.010", ""), ("SELL", "0.016", ""))),
    _Held(name="closed", words="nothing any more", trades=(("BUY", "0.010", ""), ("SELL", "0.010", ""))),
    _Held(
        name="symbols",
        words="a long in one symbol and a short in another",
        trades=(("BUY", "0.010", ""), ("SELL", "0.200", _OTHER)),
        needs=_SYMBOLS,
    ),
    _Held(
        name="legs",
        words="a long and a smaller short leg of one symbol",
        trades=(("BUY", "0.010", "LONG"), ("SELL", "0.004", "SHORT")),
        is_hedged=True,
        needs=_HEDGE,
        trader=HEDGED,
    ),
)


async def _trades(trader: Trader, market: Market, held: _Held) -> None:
    for side, quantity, of in held.trades:
        await market.moves_to(market.above_last("1%"))
        request = market_order(side, quantity)
        if of == _OTHER:
            request = request.but(symbol=of)
        order = await trader.submit(of_leg(request, of) if held.is_hedged else request)
        await order.reaches("FILLED")


async def _agrees(trader: Trader, venue: Venue, market: Market) -> None:
    """Require that the portfolio comes to what the venue says of the account, at the last prices."""
    account = await venue.account()
    nets: dict[str, Decimal] = {}
    for row in (await venue.books())["positions"]:
        nets[row["symbol"]] = nets.get(row["symbol"], Decimal(0)) + Decimal(row["signed_qty"])
    prices = {symbol: market.last if symbol == "BTCUSDT" else (await market.of(symbol)).last for symbol in nets}
    wanted: dict[str, Any] = {
        "equity": Decimal(account["marginBalance"]),
        "exposures": sum((abs(net) * prices[symbol] for symbol, net in nets.items()), Decimal(0)),
        "flat": not any(nets.values()),
        "unrealized": Decimal(account["unrealizedProfit"]),
    }
    told: dict[str, Any] = {}

    async def agreed() -> bool:
        told.update(dict.fromkeys(wanted) | dict((await trader.readouts())["portfolio"]))
        return not _wrong(told, wanted)

    await comes_true(trader.history, agreed, within_s=1.0)
    seen = {name: f"{told[name]}, venue {figure}" for name, figure in wanted.items()}
    require(
        not _wrong(told, wanted), f"{' and '.join(_wrong(told, wanted))} of the portfolio as at the venue", seen=seen
    )


def _wrong(told: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return which figures are not the venue's, to a cent; nothing told of nothing is as good as 0.

    What a version does not tell at all is not wrong: equity, before 1.226.
    """
    return [name for name, figure in wanted.items() if not _is(name, told.get(name), figure)]


def _is(name: str, told: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool):
        return bool(told) is wanted
    if told is None:
        return name == "equity"
    return bool(abs(Decimal(told.get("USDT", "0")) - wanted) <= _CENT * 2)


@case.each(
    "READ-040",
    axes={"held": _HOLDINGS, "memory": (_LIVE, WARM)},
    but={"a start reads these back as it does the others": {"held": ("long", "closed"), "memory": "warm"}},
    tier="full",
    core=["legs.live", "symbols.live"],
    rule=_RULE,
    needs=["fresh_account", "market_moves", "unrecordable", "venue_positions"],
)
async def test_portfolio_tells_what_the_account_is_worth(
    traders: Traders, market: Market, venue: Venue, held: _Held, memory: AxisValue
) -> None:
    """Holding {held}, a portfolio MUST tell {memory} the account's equity, exposure and unrealised profit."""
    if held.is_hedged:
        await venue.turns_hedge_mode_on()
    if _OTHER in held.symbols:
        venue.of(_OTHER)
    trader = await traders.start(symbols=held.symbols)
    passes_over_what_is_free(trader)
    await _trades(trader, market, held)
    await trader.settles()
    if isinstance(memory, Memory):
        await memory.ends(traders)
        trader = await traders.start_again()
        passes_over_what_is_free(trader)
    await market.moves_to(market.above_last("2%"))
    await trader.settles()

    await _agrees(trader, venue, market)
