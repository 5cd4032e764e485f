"""What every client can be asked to do, and what it then believes: one face for the SDK and for ccxt."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from conformance.simulator import Controls

SYMBOL = "BTCUSDT"


class Refused(Exception):  # noqa: N818  (the venue's word)
    """The client reports that the venue refused; `code` is Binance's."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def number(value: Any) -> Decimal:
    """Return a number that a client gives as string or float; nothing is 0."""
    return Decimal(str(value)).normalize() + 0 if value not in (None, "") else Decimal(0)


@dataclass(slots=True)
class View:
    """What somebody believes of the account. None: this way of asking cannot tell."""

    orders: dict[str, tuple[str, Decimal, Decimal, Decimal]] | None = None
    """Open orders by id: side, quantity, filled quantity, price."""
    stops: dict[str, tuple[str, Decimal, Decimal]] | None = None
    """Waiting algo orders by id: side, quantity, trigger price (0 for trailing orders)."""
    positions: dict[tuple[str, str], tuple[Decimal, Decimal]] | None = None
    """Positions by symbol and side (BOTH, LONG, SHORT): signed amount, entry price."""
    balances: dict[str, Decimal] | None = None
    """Wallet balances by asset."""
    available: dict[str, Decimal] | None = field(default=None)
    """Available balances by asset."""

    def disagreements(self, truth: "View") -> list[str]:
        """Return where this view differs from the truth, of what it can tell."""
        found = []
        for name in ("orders", "stops", "positions", "balances", "available"):
            mine, real = getattr(self, name), getattr(truth, name)
            if name in ("balances", "available"):
                mine, real = held(mine), held(real)
            if mine is not None and mine != real:
                found.append(f"{name}: the client has {mine}, the venue {real}")
        return found


def held(amounts: dict[str, Decimal] | None) -> dict[str, Decimal] | None:
    """Leave out assets of which there is nothing: some answers list every margin asset, some only what is held."""
    return None if amounts is None else {asset: amount for asset, amount in amounts.items() if amount}


def truth(control: Controls) -> View:
    """Return what the venue's books say."""
    books = control.books()
    return View(
        orders={
            str(order["orderId"]): (
                order["side"],
                number(order["origQty"]),
                number(order["executedQty"]),
                number(order["price"]),
            )
            for order in books["orders"]
        },
        stops={
            str(algo["algoId"]): (algo["side"], number(algo["quantity"]), number(algo["triggerPrice"]))
            for algo in books["algo_orders"]
        },
        positions={
            (row["symbol"], row["positionSide"]): (number(row["positionAmt"]), number(row["entryPrice"]))
            for row in books["positions"]
        },
        balances={row["asset"]: number(row["walletBalance"]) for row in books["balances"]},
        available={row["asset"]: number(row["availableBalance"]) for row in books["balances"]},
    )


class Trader(Protocol):
    """A client that trades BTCUSDT. Ids are strings; refusals raise `Refused`."""

    can_batch: bool
    can_hedge: bool

    async def limit(self, side: str, quantity: str, price: str, **flags: Any) -> str:
        """Place a GTC limit order; flags: post_only, reduce_only, position_side. Returns its id."""

    async def market(self, side: str, quantity: str, **flags: Any) -> str:
        """Place a market order; flags: reduce_only, position_side."""

    async def modify(self, order_id: str, side: str, quantity: str, price: str) -> None:
        """Change quantity and price of an order."""

    async def cancel(self, order_id: str) -> None:
        """Cancel an order."""

    async def status(self, order_id: str) -> tuple[str, Decimal]:
        """Return "open", "closed" or "canceled", and the filled quantity."""

    async def conditional(self, kind: str, side: str, quantity: str, **prices: str) -> str:
        """Place a STOP_MARKET, STOP, TAKE_PROFIT_MARKET, TAKE_PROFIT or TRAILING_STOP_MARKET order.

        `prices`: trigger, price, callback (percent), activation. Returns its algo id.
        """

    async def cancel_conditional(self, algo_id: str) -> None:
        """Cancel an algo order."""

    async def batch(self, orders: list[tuple[str, str, str]]) -> list[str | Refused]:
        """Place limit orders (side, quantity, price) in one request."""

    async def hedge(self) -> None:
        """Change to hedge mode."""

    async def view(self) -> View:
        """Ask for everything."""

    async def close(self) -> None:
        """Disconnect."""
