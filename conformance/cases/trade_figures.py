"""What an order and a position tell of their trades, as the venue's own list of these trades makes it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from conformance.kit import Trader, Venue, require
from conformance.kit.fills import Fill

#: NautilusTrader has averages and quantities as binary floats, and money with 8 places, rounded at each fill.
_SHARE = Decimal("1e-9")
_ROUNDED = Decimal("1e-6")
#: Milliseconds of the venue become nanoseconds by way of a binary float in 1.x.
_CLOSE_NS = 1_000_000
_NOTHING = Decimal(0)
_SETTLED_IN = "USDT"

type _Row = Mapping[str, Any]
type _Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Part:
    """A fill, or the part of it that belongs to one position: one that turns it closes it and opens the next."""

    fill: Fill
    quantity: Decimal

    @property
    def signed(self) -> Decimal:
        return self.quantity.copy_sign(self.fill.signed)

    @property
    def worth(self) -> Decimal:
        return self.quantity * self.fill.price

    @property
    def commission(self) -> Decimal:
        return self.fill.commission * self.quantity / self.fill.quantity


@dataclass(slots=True)
class _Position:
    """What parts of fills make, one after another; a new one begins where the one before was flat."""

    parts: list[_Part] = field(default_factory=list)
    net: Decimal = _NOTHING
    peak: Decimal = _NOTHING
    entry: Decimal = _NOTHING
    closed: Decimal = _NOTHING
    closed_worth: Decimal = _NOTHING
    realised: Decimal = _NOTHING
    gained: Decimal = _NOTHING
    """The share of its entry price by which its exits were better, as the last of them left it."""

    def takes(self, part: _Part) -> None:
        if self.net == 0 or (self.net > 0) is (part.signed > 0):
            self.entry = (self.entry * abs(self.net) + part.worth) / (abs(self.net) + part.quantity)
        else:
            self.realised += part.quantity.copy_sign(self.net) * (part.fill.price - self.entry)
            self.closed += part.quantity
            self.closed_worth += part.worth
            gained = (self.closed_worth / self.closed - self.entry) / self.entry
            self.gained = gained if self.net > 0 else -gained
        if part.fill.asset == _SETTLED_IN:
            self.realised -= part.commission
        self.parts.append(part)
        self.net += part.signed
        self.peak = max(self.peak, abs(self.net))

    @property
    def figures(self) -> _Figures:
        first, last = self.parts[0].fill, self.parts[-1].fill
        figures: _Figures = {
            "side": "FLAT" if self.net == 0 else "LONG" if self.net > 0 else "SHORT",
            "entry": first.side,
            "quantity": abs(self.net),
            "signed_qty": self.net,
            "peak_qty": self.peak,
            "avg_px_open": self.entry,
            "realized_pnl": self.realised,
            "commissions": _commissions(self.parts),
            "opening_order_id": first.order,
            "client_order_ids": sorted({part.fill.order for part in self.parts}),
            "trade_ids": sorted(part.fill.trade for part in self.parts),
            "last_trade_id": last.trade,
            "ts_opened": first.time_ms,
            "ts_last": last.time_ms,
        }
        if self.closed:
            figures |= {"avg_px_close": self.closed_worth / self.closed, "realized_return": self.gained}
        if self.net == 0:
            figures |= {"closing_order_id": last.order, "ts_closed": last.time_ms}
        return figures


def _latest_position(fills: Iterable[Fill]) -> _Position:
    """Return the position that fills have made last, be it closed."""
    position = _Position()
    for fill in fills:
        before = position.net
        reduces = before and (before > 0) is not (fill.signed > 0)
        closing = min(abs(before), fill.quantity) if reduces else fill.quantity
        if before == 0:
            position = _Position()
        position.takes(_Part(fill, closing))
        if closing < fill.quantity:
            position = _Position()
            position.takes(_Part(fill, fill.quantity - closing))
    return position


def _of_order(row: _Row, fills: Sequence[Fill]) -> _Figures:
    """Return what an order, whose row says how it stands, tells of its fills."""
    filled = sum((each.quantity for each in fills), _NOTHING)
    average = sum((each.quantity * each.price for each in fills), _NOTHING) / filled
    last = fills[-1]
    figures: _Figures = {
        "filled_qty": filled,
        "avg_px": average,
        "commissions": _commissions(_Part(each, each.quantity) for each in fills),
        "liquidity": "MAKER" if last.maker else "TAKER",
        "trade_ids": sorted(each.trade for each in fills),
        "last_trade_id": last.trade,
    }
    if row["status"] in ("FILLED", "PARTIALLY_FILLED"):
        figures["leaves_qty"] = Decimal(row["quantity"]) - filled
    if row["status"] == "FILLED":
        figures["ts_closed"] = last.time_ms
    return figures


def _commissions(parts: Iterable[_Part]) -> Mapping[str, Decimal]:
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for part in parts:
        paid[part.fill.asset] += part.commission
    return paid


async def orders_tell_their_trades(trader: Trader, venue: Venue) -> None:
    """Require that each order of the trader's that has filled tells of its fills as the venue does."""
    read = await trader.readouts()
    terms = {row["client_order_id"]: row for row in (await trader.books())["orders"]}
    by_order: dict[str, list[Fill]] = defaultdict(list)
    for fill in await venue.fills():
        by_order[fill.order].append(fill)
    wrong: dict[tuple[str, str], str] = {}
    for row in read["orders"]:
        name = row["client_order_id"]
        asked, fills = terms[name], by_order.get(name)
        if fills:
            wrong |= {(what, name): shown for what, shown in _differences(row, _of_order(asked, fills))}
    _are_right("an order", wrong)


async def positions_tell_their_trades(trader: Trader, venue: Venue) -> None:
    """Require that the trader's latest position of each side that the venue has one for is what its trades made.

    In one-way mode there is one, whichever side; in hedge mode there are two. A trader that holds several positions
    where the venue has one is the affair of invariant 8.
    """
    rows: Sequence[_Row] = (await trader.readouts())["positions"]
    sides: dict[str, list[Fill]] = defaultdict(list)
    for fill in await venue.fills():
        sides[fill.position_side].append(fill)
    wrong: dict[tuple[str, str], str] = {}
    for side, fills in sides.items():
        mine = [row for row in rows if side == "BOTH" or row["position_id"].endswith(side)]
        if sum(row["side"] != "FLAT" for row in mine) > 1:
            continue
        latest = max(mine, key=lambda row: (row["side"] != "FLAT", row.get("ts_last", 0)), default={})
        wanted = _latest_position(fills).figures
        wrong |= {(what, side): shown for what, shown in _differences(latest, wanted)}
    _are_right("a position", wrong)


def _are_right(of: str, wrong: Mapping[tuple[str, str], str]) -> None:
    names = ", ".join(sorted({what for what, _ in wrong}))
    shown = "; ".join(f"{what} of {about}: {each}" for (what, about), each in wrong.items())
    require(not wrong, f"{names} of {of} as its trades make it", seen=shown)


def _differences(row: _Row, wanted: _Figures) -> Iterator[tuple[str, str]]:
    """Yield the name of each figure that is not as wanted, with both."""
    for name, figure in wanted.items():
        seen = row.get(name)
        if not _is(seen, figure):
            yield name, f"{seen}, by the trades {figure}"


def _is(seen: Any, wanted: Any) -> bool:
    match wanted:
        case Decimal():
            return abs(Decimal(seen or 0) - wanted) <= max(_ROUNDED, abs(wanted) * _SHARE)
        case int():
            return abs(int(seen or 0) - wanted * 1_000_000) <= _CLOSE_NS
        case Mapping():
            return all(_is((seen or {}).get(each), wanted.get(each, _NOTHING)) for each in {**(seen or {}), **wanted})
        case list():
            return sorted(seen or ()) == wanted
        case _:
            return bool(seen == wanted)
