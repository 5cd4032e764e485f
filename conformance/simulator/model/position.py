"""A position and what a fill does to it (section 13 of the reference)."""

from dataclasses import dataclass
from decimal import Decimal

from conformance.simulator.model.words import PositionSide
from conformance.simulator.numbers import ZERO, truncated


@dataclass(slots=True, eq=False)
class Position:
    """Amount signed in base (negative is short), prices in quote currency, money in the margin asset."""

    symbol: str
    side: PositionSide
    amount: Decimal = ZERO
    entry: Decimal = ZERO
    realised: Decimal = ZERO
    """Cumulative profit before fees; survives going flat (`cr` of ACCOUNT_UPDATE)."""
    isolated_wallet: Decimal = ZERO
    fees: Decimal = ZERO
    """Commissions since the position was opened, in quote currency, for the break-even price."""
    earned: Decimal = ZERO
    """Profit realised since the position was opened."""
    update_ms: int = 0

    def unrealised(self, mark: Decimal) -> Decimal:
        """Return the profit that closing at `mark` would realise."""
        return (mark - self.entry) * self.amount

    def trade(self, quantity: Decimal, price: Decimal, fee: Decimal) -> tuple[Decimal, Decimal]:
        """Apply a fill of signed `quantity` at `price` that cost `fee`.

        Returns the realised profit (eight decimals) and the quantity of the old position that it closed.
        """
        before = self.amount
        if before == 0 or (before > 0) == (quantity > 0):
            if before == 0:
                self.fees = self.earned = ZERO
            self.entry = (self.entry * abs(before) + price * abs(quantity)) / (abs(before) + abs(quantity))
            self.amount = before + quantity
            self.fees += fee
            return ZERO, ZERO
        closed = min(abs(before), abs(quantity))
        realised = truncated((price - self.entry) * closed * (1 if before > 0 else -1))
        self.amount = before + quantity
        self.realised += realised
        if self.amount == 0:
            self.entry = self.fees = self.earned = ZERO
        elif (self.amount > 0) != (before > 0):
            # A flip: the old position is closed, the rest opens a new one at the fill's price.
            self.entry = price
            self.fees = fee * (abs(quantity) - closed) / abs(quantity)
            self.earned = ZERO
        else:
            self.fees += fee
            self.earned += realised
        return realised, closed

    def break_even(self, *, with_realised: bool) -> Decimal:
        """Return the price at which closing would cover the fees so far; 0 when flat."""
        if self.amount == 0:
            return ZERO
        owed = self.fees - (self.earned if with_realised else ZERO)
        return self.entry + owed / self.amount
