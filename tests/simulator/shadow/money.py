"""Positions and wallets, computed from trades alone: with exact fractions, not with the venue's arithmetic."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.simulator.shadow.orders import ZERO, ShadowOrder

HAIR = Fraction(1, 10**8)
"""The last of the eight decimals of money: what rounding may differ by."""


@dataclass
class ShadowPosition:
    """One position: signed amount, exact entry price, profit told so far."""

    amount: Decimal = ZERO
    entry: Fraction = Fraction(0)
    realised: Decimal = ZERO
    isolated: Decimal = ZERO
    """As the latest event told it; its formula is Binance's secret, that it is not in the cross wallet is checked."""

    def trade(self, quantity: Decimal, price: Decimal) -> Fraction:
        """Apply a fill of signed quantity; return the exact profit that it realises."""
        before, size = Fraction(self.amount), Fraction(quantity)
        after = before + size
        profit = Fraction(0)
        if before * size < 0:
            closed = min(abs(before), abs(size))
            profit = (Fraction(price) - self.entry) * closed * (1 if before > 0 else -1)
        if after == 0:
            self.entry = Fraction(0)
        elif before * size >= 0:
            self.entry = (self.entry * abs(before) + Fraction(price) * abs(size)) / abs(after)
        elif before * after < 0:
            self.entry = Fraction(price)
        self.amount += quantity
        return profit


@dataclass(frozen=True)
class Rates:
    """What a trade costs, as shares of its notional; BNB at its price and discount."""

    maker: Decimal
    taker: Decimal
    rpi: Decimal
    bnb_discount: Decimal
    bnb_price: Decimal

    def commission(self, order: ShadowOrder, o: dict[str, Any]) -> Fraction:
        """Return the exact commission of a trade, in the asset that the event names."""
        rate = self.taker
        if order.client_id.startswith("adl_autoclose"):
            rate = ZERO
        elif o["m"]:
            rate = self.rpi if order.tif == "RPI" else self.maker
        exact = Fraction(o["l"]) * Fraction(o["L"]) * Fraction(rate)
        if o["N"] == "BNB":
            exact *= (1 - Fraction(self.bnb_discount)) / Fraction(self.bnb_price)
        return exact


class ShadowMoney:
    """Positions by symbol and side, and what has flowed into every wallet, by kind of flow."""

    def __init__(self, rates: Rates, deposit: Decimal) -> None:
        self.positions: dict[tuple[str, str], ShadowPosition] = defaultdict(ShadowPosition)
        self.flows: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
        self._rates = rates
        self.flow("TRANSFER", "USDT", deposit)

    def flow(self, kind: str, asset: str, amount: Decimal) -> None:
        """Let an amount flow into (negative: out of) a wallet."""
        if amount:
            self.flows[asset][kind] += amount

    def wallet(self, asset: str) -> Decimal:
        """Return the balance: deposits + realised − commissions + funding + insurance."""
        return sum(self.flows[asset].values(), ZERO)

    def cross(self, asset: str) -> Decimal:
        """Return the balance that is not bound in isolated positions; all contracts here have margin in USDT."""
        bound = sum((position.isolated for position in self.positions.values()), ZERO)
        return self.wallet(asset) - (bound if asset == "USDT" else ZERO)

    def trade(self, order: ShadowOrder, o: dict[str, Any]) -> set[str]:
        """Apply a trade; return the assets whose balance it changed."""
        position = self.positions[order.symbol, order.position_side]
        before = position.amount
        exact = position.trade(Decimal(o["l"]) * order.direction, Decimal(o["L"]))
        realised, commission = Decimal(o["rp"]), Decimal(o["n"])
        assert abs(Fraction(realised) - exact) <= HAIR, f"realises {float(exact):.8f}, told {realised}: {o}"
        fee = self._rates.commission(order, o)
        assert 0 <= fee - Fraction(commission) < HAIR, f"costs {float(fee):.10f} cut to 8 decimals, told {o['n']}: {o}"
        if order.reduce_only or (order.position_side, order.side) in (("LONG", "SELL"), ("SHORT", "BUY")):
            grown = abs(position.amount) > abs(before) or position.amount * before < 0
            assert not grown, f"a closing order has opened: {before} → {position.amount} by {o}"
        position.realised += realised
        self.flow("REALIZED_PNL", "USDT", realised)
        self.flow("COMMISSION", o["N"], -commission)
        return {asset for asset, amount in (("USDT", realised), (o["N"], Decimal(1))) if amount}

    def check_position(self, row: dict[str, Any], mark: Decimal) -> None:
        """Hold a row of `P` to what the trades say, and keep what it tells of isolated margin."""
        position = self.positions[row["s"], row["ps"]]
        assert Decimal(row["pa"]) == position.amount, f"position is {position.amount}, told {row}"
        assert abs(Fraction(row["ep"]) - position.entry) <= HAIR, f"entry is {float(position.entry)}, told {row}"
        assert Decimal(row["cr"]) == position.realised, f"realised is {position.realised}, told {row}"
        unrealised = (Fraction(mark) - position.entry) * Fraction(position.amount)
        assert abs(Fraction(row["up"]) - unrealised) <= 2 * HAIR, f"unrealised is {float(unrealised)}, told {row}"
        assert (row["mt"], row["iw"]) == ("cross", "0") or row["mt"] == "isolated", row
        position.isolated = Decimal(row["iw"])

    def check_sides(self) -> None:
        """Hold at all times: a LONG is never short, a SHORT never long, and a flat position has no price."""
        for (symbol, side), position in self.positions.items():
            sign = {"LONG": 1, "SHORT": -1, "BOTH": 0}[side]
            assert position.amount * sign >= 0, f"{side} of {symbol} is {position.amount}"
            assert (position.amount == 0) <= (position.entry == 0), f"{symbol} {side}: {position}"
