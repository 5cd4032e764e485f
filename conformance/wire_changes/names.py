"""Names of orders that are the same in every run: client order ids, venue ids and algo ids all lead to one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.binance.client_order_id import PARAMETERS, case_id
from conformance.binance.events import AlgoUpdate, OrderUpdate, TradeLite
from conformance.binance.events import Event as VenueEvent
from conformance.history.entries import Answer, Command, Event, Frame, Request
from conformance.history.history import History

#: Client id and venue id of one order, as the rows of answers name them, and which id of the venue's that is: last that
#: of the order that a trigger has placed, beside the client id of the one that waited for it.
_PAIRS = (
    ("clientOrderId", "orderId", "orderId"),
    ("clientAlgoId", "algoId", "algoId"),
    ("clientAlgoId", "actualOrderId", "orderId"),
)
_LISTS = ("orderIdList", "origClientOrderIdList", "batchOrders")


class Names:
    """Whose an id is. An order that the case named keeps that name; any other is known by when it was first seen."""

    def __init__(self, history: History) -> None:
        self.commanded: dict[str, str] = {}
        """The orders that the case had the trader place: name → type, "" where the command does not say it."""
        self.symbols: set[str] = set()
        """The symbols that orders of this history are for, as the venue says them."""
        self._by_id: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._trades: set[str] = set()
        self._unsent: list[str] = []
        self._others = 0
        for entry in history:
            if isinstance(entry, Command):
                self._asked(entry)
            elif isinstance(entry, Request):
                self._requested(entry)
            elif isinstance(entry, Answer):
                self._told(entry.body)
            elif isinstance(entry, Frame) and entry.channel != "market" and entry.event is not None:
                self._heard(entry.event)
            elif isinstance(entry, Event):
                self._emitted(entry)

    def order(self, raw: str | None) -> str | None:
        """Return the name of the order that an id of any kind belongs to, None for an id that has not appeared."""
        return self._by_id.get(case_id(raw)) if raw else None

    @property
    def known(self) -> frozenset[str]:
        """The names of all orders that the trader or the venue has told of."""
        return frozenset(self._by_id.values())

    def kind(self, raw: str) -> str:
        """Return which of an order's ids this is: `orderId`, `algoId`, `client id`, or `an unknown id`."""
        return self._kinds.get(case_id(raw), "an unknown id")

    def is_trade(self, raw: str) -> bool:
        """Whether the venue has told of a trade with this id."""
        return raw in self._trades

    def in_request(self, request: Request) -> tuple[str, ...]:
        """Return the names of the orders that a request is about, in its own order, each once."""
        found = (self.order(raw) for raw in _ids(request.params))
        return tuple(dict.fromkeys(name for name in found if name is not None))

    def _asked(self, command: Command) -> None:
        rows = command.more.get("orders")
        listed = [str(row["client_order_id"]) for row in _rows(rows) if "client_order_id" in row]
        if command.order is not None:
            self.commanded[case_id(command.order.client_order_id)] = command.order.type
        self.commanded.update(dict.fromkeys(map(case_id, listed), ""))
        for raw in (*command.orders, *listed):
            if case_id(raw) not in self._by_id:
                self._unsent.append(case_id(raw))
            self._name(case_id(raw))

    def _requested(self, request: Request) -> None:
        endpoint = request.endpoint
        for raw in map(case_id, _ids(request.params)):
            if raw in self._unsent:
                self._unsent.remove(raw)
            elif raw.isdecimal():
                continue
            elif request.by == "suite":
                self._name(raw)
            elif endpoint is not None and endpoint.act == "place" and raw not in self._by_id and self._unsent:
                # 2.x sends long ids and UUIDs in a form of its own: this is the order that was asked for last.
                self._also(raw, self._unsent.pop())
            else:
                self._first_seen(raw)

    def _emitted(self, event: Event) -> None:
        """Learn what the trader calls an order that it has taken over: 2.x gives it another client order id."""
        if event.client_order_id and case_id(event.client_order_id) not in self._by_id:
            known = self.order(event.venue_order_id)
            if known is not None:
                self._also(case_id(event.client_order_id), known)

    def _told(self, body: Any) -> None:
        for row in body if isinstance(body, list) else (body,):
            if isinstance(row, Mapping):
                self._row(row)

    def _row(self, row: Mapping[str, Any]) -> None:
        if {"orderId", "algoId"} & row.keys() and (symbol := row.get("symbol")):
            self.symbols.add(str(symbol))
        for client, venue, kind in _PAIRS:
            self._pair(str(row.get(client) or ""), str(row.get(venue) or ""), kind)
        if "orderId" in row and "id" in row:
            self._trades.add(str(row["id"]))

    def _heard(self, event: VenueEvent) -> None:
        match event:
            case OrderUpdate() | TradeLite():
                self._pair(event.client_order_id, event.order_id, "orderId")
                if event.trade is not None:
                    self._trades.add(event.trade.trade)
            case AlgoUpdate():
                self._pair(event.client_algo_id, event.algo_id, "algoId")
                self._pair(event.client_algo_id, event.child_id, "orderId")
            case _:
                return
        if event.symbol:
            self.symbols.add(event.symbol)

    def _pair(self, client: str, venue: str, kind: str) -> None:
        """Learn that a client id and a venue id are of one order; "" for an id that is not given."""
        if client and venue:
            name = self._first_seen(case_id(client))
            self._by_id.setdefault(venue, name)
            self._kinds.setdefault(venue, kind)

    def _name(self, raw: str) -> None:
        self._by_id.setdefault(raw, raw)
        self._kinds.setdefault(raw, "client id")

    def _also(self, raw: str, name: str) -> None:
        self._by_id[raw] = name
        self._kinds[raw] = "client id"

    def _first_seen(self, raw: str) -> str:
        if raw not in self._by_id:
            self._others += 1
            self._by_id[raw] = f"other order {self._others}"
            self._kinds[raw] = "client id"
        return self._by_id[raw]


def _ids(params: Mapping[str, str]) -> Iterator[str]:
    for name in (*PARAMETERS, "orderId", "algoId"):
        if params.get(name):
            yield str(params[name])
    for name in _LISTS:
        for entry in _listed(params.get(name)):
            if isinstance(entry, Mapping):
                yield from _ids(entry)
            else:
                yield str(entry)


def _listed(text: str | None) -> Sequence[Any]:
    if not text:
        return ()
    try:
        parsed = json.loads(text)
    except ValueError:
        return ()
    return parsed if isinstance(parsed, list) else ()


def _rows(value: Any) -> Sequence[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
