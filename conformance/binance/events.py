"""Events of the user stream, read into types: binance-usdm, section 9. What one leaves out or garbles is None or "".

Whoever wants to know what an event says asks `read_event`: no other place looks at its letters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from conformance.binance.client_order_id import own_id
from conformance.binance.fields import figure, id_text, word


@dataclass(frozen=True, slots=True)
class Event:
    """Any event: its name, its time T in ms where it has one, and all that it holds."""

    name: str
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def order(self) -> Mapping[str, Any]:
        """The part that is about an order (`o`); empty for an event without one."""
        order = self.raw.get("o")
        return order if isinstance(order, Mapping) else {}

    @property
    def symbol(self) -> str:
        """The symbol that it is about; "" for an event of the whole account."""
        return word(self.get("s"))

    @property
    def time_ms(self) -> int | None:
        """The transaction time, which events of one act share."""
        moment = self.raw.get("T")
        return moment if isinstance(moment, int) else None

    @property
    def ids(self) -> frozenset[str]:
        """All client and venue order ids that it names, as they stand in it."""
        return frozenset()

    def get(self, name: str) -> Any:
        """Return a field by the venue's letter, of the order before the event's own; None for one that is not there."""
        return self.order.get(name, self.raw.get(name))


@dataclass(frozen=True, slots=True)
class TradeTerms:
    """What the venue says of one trade of an order."""

    trade: str
    quantity: Decimal | None
    price: Decimal | None
    side: str
    liquidity: str
    commission: Decimal | None
    commission_asset: str


@dataclass(frozen=True, slots=True)
class OrderUpdate(Event):
    """ORDER_TRADE_UPDATE (9.1). `client_order_id` is the trader's own; `trade` is None where nothing was traded."""

    client_order_id: str
    order_id: str
    execution: str
    status: str
    filled: Decimal | None
    trade: TradeTerms | None

    @property
    def ids(self) -> frozenset[str]:
        """The order's two ids."""
        return _given(self.order, "c", "i")


@dataclass(frozen=True, slots=True)
class TradeLite(Event):
    """TRADE_LITE (9.2): one trade, without its commission."""

    client_order_id: str
    order_id: str
    trade: TradeTerms | None

    @property
    def ids(self) -> frozenset[str]:
        """The order's two ids."""
        return _given(self.raw, "c", "i")


@dataclass(frozen=True, slots=True)
class AlgoUpdate(Event):
    """ALGO_UPDATE (9.5). `child_id` is the orderId of the order that a trigger has placed, or ""."""

    client_algo_id: str
    algo_id: str
    child_id: str
    status: str
    filled: Decimal | None
    average: Decimal | None

    @property
    def ids(self) -> frozenset[str]:
        """The algo order's two ids, and its child's."""
        return _given(self.order, "caid", "aid", "ai")


@dataclass(frozen=True, slots=True)
class AccountUpdate(Event):
    """ACCOUNT_UPDATE (9.3): why, and the positions and balances that changed."""

    reason: str
    positions: tuple["PositionChange", ...]
    balances: tuple["BalanceChange", ...]


@dataclass(frozen=True, slots=True)
class PositionChange:
    """A position as it is now: `amount` is negative for a short."""

    symbol: str
    side: str
    amount: Decimal
    entry_price: Decimal | None


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """A wallet as it is now: its whole balance and its cross balance."""

    asset: str
    wallet: Decimal | None
    cross: Decimal | None


@dataclass(frozen=True, slots=True)
class LeverageUpdate(Event):
    """ACCOUNT_CONFIG_UPDATE about a symbol: its leverage is another now, or was set to what it is."""

    config_symbol: str
    leverage: str
    """As the venue says it, a whole number."""


@dataclass(frozen=True, slots=True)
class ListenKeyExpired(Event):
    """listenKeyExpired (section 8): nothing more comes on this stream."""


def read_event(data: Any) -> Event | None:
    """Return what a frame's bare data says, or None for what is no event, such as the answer to a SUBSCRIBE."""
    if not isinstance(data, Mapping) or not isinstance(data.get("e"), str):
        return None
    reader = _READERS.get(data["e"])
    return reader(data) if reader is not None else Event(data["e"], data)


def part_with(event: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the part of an event's bare data in which a field stands: the order before the event's own.

    A field that is in neither belongs to the order, where there is one.
    """
    order = event.get("o")
    return order if isinstance(order, dict) and (name in order or name not in event) else event


def unwrap(data: Any) -> tuple[Any, str | None]:
    """Return a frame's data and the name of its stream, out of a combined stream's envelope where it has one."""
    if isinstance(data, Mapping) and data.keys() == {"stream", "data"}:
        return data["data"], str(data["stream"])
    return data, None


def _order_update(data: Mapping[str, Any]) -> Event:
    order = data.get("o")
    if not isinstance(order, Mapping):
        return Event(data["e"], data)
    return OrderUpdate(
        data["e"],
        data,
        client_order_id=own_id(word(order.get("c"))),
        order_id=id_text(order.get("i")),
        execution=word(order.get("x")),
        status=word(order.get("X")),
        filled=figure(order.get("z")),
        trade=_trade(order),
    )


def _trade_lite(data: Mapping[str, Any]) -> Event:
    return TradeLite(data["e"], data, own_id(word(data.get("c"))), id_text(data.get("i")), _trade(data))


def _algo_update(data: Mapping[str, Any]) -> Event:
    order = data.get("o")
    if not isinstance(order, Mapping):
        return Event(data["e"], data)
    return AlgoUpdate(
        data["e"],
        data,
        client_algo_id=own_id(word(order.get("caid"))),
        algo_id=id_text(order.get("aid")),
        child_id=id_text(order.get("ai")),
        status=word(order.get("X")),
        filled=figure(order.get("aq")),
        average=figure(order.get("ap")) or None,
    )


def _account_update(data: Mapping[str, Any]) -> Event:
    change = data.get("a")
    if not isinstance(change, Mapping):
        return Event(data["e"], data)
    return AccountUpdate(
        data["e"],
        data,
        reason=word(change.get("m")),
        positions=tuple(
            PositionChange(
                word(row["s"]), word(row.get("ps")), figure(row.get("pa")) or Decimal(0), figure(row.get("ep"))
            )
            for row in _rows(change.get("P"))
            if row.get("s")
        ),
        balances=tuple(
            BalanceChange(word(row["a"]), figure(row.get("wb")), figure(row.get("cw")))
            for row in _rows(change.get("B"))
            if row.get("a")
        ),
    )


def _account_config_update(data: Mapping[str, Any]) -> Event:
    config = data.get("ac")
    if not isinstance(config, Mapping):
        return Event(data["e"], data)
    return LeverageUpdate(data["e"], data, word(config.get("s")), str(config.get("l", "")))


def _listen_key_expired(data: Mapping[str, Any]) -> Event:
    return ListenKeyExpired(data["e"], data)


_READERS = {
    "ORDER_TRADE_UPDATE": _order_update,
    "TRADE_LITE": _trade_lite,
    "ALGO_UPDATE": _algo_update,
    "ACCOUNT_UPDATE": _account_update,
    "ACCOUNT_CONFIG_UPDATE": _account_config_update,
    "listenKeyExpired": _listen_key_expired,
}


def _trade(row: Mapping[str, Any]) -> TradeTerms | None:
    trade = id_text(row.get("t"))
    if not trade:
        return None
    maker = row.get("m")
    return TradeTerms(
        trade=trade,
        quantity=figure(row.get("l")),
        price=figure(row.get("L")),
        side=word(row.get("S")),
        liquidity={True: "MAKER", False: "TAKER"}[maker] if isinstance(maker, bool) else "",
        commission=figure(row.get("n")),
        commission_asset=word(row.get("N")),
    )


def _given(row: Mapping[str, Any], *names: str) -> frozenset[str]:
    return frozenset(str(row[name]) for name in names if row.get(name))


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
