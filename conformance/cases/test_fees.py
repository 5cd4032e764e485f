"""What an account pays for a trade, by its tier or symbol by symbol: what a trader takes for it before it trades."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.questions import ACCOUNT
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Faults, Traders, Venue, case, equal

_RATE = "GET /fapi/v1/commissionRate"
_RULE = "User Commission Rate: makerCommissionRate, takerCommissionRate"
#: A data client has instruments of its own, which may be loaded otherwise.
_ALONE: Mapping[str, Any] = {"with_data_client": False, "subscribe": []}


@dataclass(frozen=True, kw_only=True)
class Tier(AxisValue):
    """A tier of accounts, and what one of it pays."""

    number: int
    maker: str
    taker: str

    def told(self, symbol: str = "BTCUSDT") -> dict[str, str]:
        """Return what the venue answers where it is asked for a symbol."""
        return {"symbol": symbol, "makerCommissionRate": self.maker, "takerCommissionRate": self.taker}

    def of_account(self, body: Any) -> Any:
        """Return an answer about the account with this tier in it."""
        return body | {"feeTier": self.number} if "feeTier" in body else body


def _tier(number: int, maker: str, taker: str) -> Tier:
    return Tier(name=str(number), words=f"VIP {number}", number=number, maker=maker, taker=taker)


TIERS = (
    _tier(0, "0.000200", "0.000500"),
    _tier(1, "0.000160", "0.000400"),
    _tier(2, "0.000140", "0.000350"),
    _tier(3, "0.000120", "0.000320"),
    _tier(4, "0.000100", "0.000300"),
    _tier(5, "0.000080", "0.000270"),
    _tier(6, "0.000060", "0.000250"),
    _tier(7, "0.000040", "0.000220"),
    _tier(8, "0.000020", "0.000200"),
    _tier(9, "0.000000", "0.000170"),
)


@case.each(
    {f"INST-{960 + tier.number}": {"tier": tier} for tier in TIERS},
    rule="Account Information: feeTier; the fees of USDⓈ-M futures (binance.com/en/fee/futureFee)",
    needs=["instrument_fees", "execution_instruments", "unrecordable"],
)
async def test_fee_is_that_of_each_tier(traders: Traders, faults: Faults, tier: Tier) -> None:
    """Of an account of the tier {tier}, an instrument's fees SHOULD be what such an account pays."""
    faults.rewrite_answer(tuple(ACCOUNT.routes), tier.of_account, times=None, optional=True)
    faults.answer(_RATE, 200, tier.told(), times=None, optional=True)
    trader = await traders.start(**_ALONE)

    known = await trader.instruments("BTCUSDT")

    equal("maker_fee", known["BTCUSDT"].get("maker_fee"), Decimal(tier.maker))
    equal("taker_fee", known["BTCUSDT"].get("taker_fee"), Decimal(tier.taker))


_ASKING: Mapping[str, Any] = {"query_commission_rates": True}
_LOADS = {
    "all": {**_ASKING, "load_all": True},
    "one": {**_ASKING, "load_ids": ["BTCUSDT-PERP.BINANCE"]},
}


@case.each(
    "INST-950",
    axes={"loads": tuple(_LOADS), "told": ("told", "refused")},
    rule=f"{_RULE}; an account that is not told what it pays for a symbol pays what its tier does",
    needs=["instrument_fees", "execution_instruments", "unrecordable", "orders_of_others"],
)
async def test_fee_is_the_symbols_own_where_a_trader_asks_for_it(
    traders: Traders, venue: Venue, faults: Faults, loads: str, told: str
) -> None:
    """A trader that loads {loads} and asks for rates, which it is {told}, MUST have the symbol's own, or its tier's."""
    own = _tier(3, "-0.000050", "0.000310")
    wanted = own if told == "told" else TIERS[0]
    # Only a start that finds nothing is held to the budget of a start, which such questions exceed.
    await venue.opens_position("BUY", "0.010")
    if told == "told":
        faults.answer(_RATE, 200, own.told(), times=None, symbol="BTCUSDT")
    else:
        faults.answer(_RATE, 400, {"code": -1121, "msg": "Invalid symbol."}, times=None)
    trader = await traders.start(client={"instrument_provider": _LOADS[loads]}, **_ALONE)
    passes_over_what_is_free(trader)

    known = await trader.instruments("BTCUSDT")

    equal("maker_fee", known["BTCUSDT"].get("maker_fee"), Decimal(wanted.maker))
    equal("taker_fee", known["BTCUSDT"].get("taker_fee"), Decimal(wanted.taker))
