"""Invariant 13: an order goes over the wire as it was asked for, and is amended only to what was asked for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from conformance.binance.defaults import default_of
from conformance.binance.order_types import CONDITIONAL, VENUE_TYPE
from conformance.history.entries import AskedOrder, Command
from conformance.invariants import configured
from conformance.invariants.order_acts import OrderAct
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant

#: A DECIMAL of the venue as it takes one: digits, and no exponent, sign or separator.
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
#: Where the order endpoints and the Algo service take a figure (New Order, New Algo Order): an unknown one is ignored.
_PLAIN_FIELDS = {
    "quantity": "quantity",
    "price": "price",
    "trigger_price": "stopPrice",
    "activation_price": "activationPrice",
    "callback_rate": "callbackRate",
}
_ALGO_FIELDS = {**_PLAIN_FIELDS, "trigger_price": "triggerPrice", "activation_price": "activatePrice"}
_AMENDED = ("quantity", "price")
_AMENDED_HERE = (*_AMENDED, "trigger_price")
#: What changes how an order fills or triggers and no command of a trader asks for (New Order, New Algo Order).
_UNASKED = ("priceProtect", "selfTradePreventionMode")
#: What an order becomes that the trader itself holds back until its trigger (emulation): that one is sent.
_RELEASED = {
    "LIMIT": "MARKET",
    "STOP_MARKET": "MARKET",
    "MARKET_IF_TOUCHED": "MARKET",
    "TRAILING_STOP_MARKET": "MARKET",
    "STOP_LIMIT": "LIMIT",
    "LIMIT_IF_TOUCHED": "LIMIT",
}


@invariant(13)
def orders_are_sent_as_asked(reading: Reading) -> Iterator[Break]:
    """Symbol, type, side, figures, time in force, trigger and flags of an order sent are those of the order asked for.

    A placement is held against the order's latest submission before it (New Order, New Algo Order), an amendment
    against that one and all that was asked of the order since, for the venue wants quantity and price even where only
    one of them is to change (Modify Order). Of linked orders (`pair`) the trader reduces the quantity itself as the
    others fill. What is asked of one order names it, by either of its ids. What nobody can ask for is left at the
    venue's default.
    """
    for act in reading.acts("modify", "cancel", "query"):
        if act.order is None and act.number is None:
            yield Break(f"a request to {act.what} an order named none", str(act))
    amendments = [command for command in reading.commands if command.op == "modify"]
    for act in reading.acts("place", "modify"):
        order = act.order or reading.statements.name_of(act.number or "")
        submission = reading.submission(order, act.request)
        submitted = None if submission is None else submission.order
        if submission is None or submitted is None or submitted.type not in VENUE_TYPE:
            continue
        since, until = submission.seq, act.request.seq
        wishes = [each for each in amendments if since <= each.seq < until and order in each.orders]
        starts = [each for each in reading.commands if each.op == "start" and each.seq < act.request.seq]
        order_asked = submitted
        if order in reading.kept_here and act.what == "place":
            order_asked = _amended_here(reading, order_asked, wishes, until)
        order_asked = configured.as_sent(order_asked, act.params, starts[-1].config if starts else {})
        linked = submission.op == "pair"
        differences = (
            _placed(order_asked, act) if act.what == "place" else _amended(order_asked, wishes, act, linked=linked)
        )
        done = "sent" if act.what == "place" else "amended"
        for name, sent, wanted in differences:
            what = f"{name} of a {submitted.type} was not {done} as asked"
            yield Break(what, f"{act}, {order}: {sent}, asked {wanted}")
        for name in _UNASKED:
            usual = default_of(name, algo=act.algo) or ""
            if act.params.get(name, usual).lower() != usual.lower():
                what = f"{name} of a {submitted.type} was {done} though nobody asked for it"
                yield Break(what, f"{act}, {order}: {act.params[name]}, where the venue's default is {usual}")


def _amended_here(reading: Reading, order: AskedOrder, wishes: Sequence[Command], seq: int) -> AskedOrder:
    """Return an order as it is to be sent that the trader held back, and amended itself: what it told of, by then."""
    told = [
        event.seq
        for event in reading.events
        if event.name == "OrderUpdated" and event.client_order_id == order.client_order_id
    ]
    for wish in wishes:
        if any(wish.seq < each < seq for each in told):
            given = {name: value for name in _AMENDED_HERE if (value := getattr(wish, name)) is not None}
            order = replace(order, **given)
    return order


def _placed(order: AskedOrder, act: OrderAct) -> Iterator[tuple[str, Any, Any]]:
    """Yield in what a placement differs from its order: the name, what was sent, and what was asked."""
    params = act.params
    if "emulation_trigger" in order.more:
        order = _released(order)
    for name, field in (_ALGO_FIELDS if act.algo else _PLAIN_FIELDS).items():
        if name == "quantity" and (order.more.get("quote_quantity") or order.more.get("exec_algorithm_id")):
            continue  # An amount of money makes a quantity by the price; an execution algorithm cuts it up.
        unsaid = {"quantity": order.close_position, "price": order.more.get("price_match")}
        asked = None if unsaid.get(name) else getattr(order, name)
        if not _same(params.get(field), () if asked is None else (asked,)):
            yield name, params.get(field), asked
    for name, sent, asked in _words_of(order, params):
        if sent != asked:
            yield name, sent, asked


def _words_of(order: AskedOrder, params: Mapping[str, str]) -> Iterator[tuple[str, Any, Any]]:
    """Yield what an order says in words: the name, what was sent (or goes without saying), and what was asked."""
    venue_type = VENUE_TYPE[order.type]
    yield "symbol", params.get("symbol"), order.symbol
    yield "side", params.get("side"), order.side
    yield "type", params.get("type"), venue_type
    yield "position_side", params.get("positionSide", "BOTH"), _position_side(order, params.get("positionSide"))
    # closePosition replaces quantity and reduceOnly, which the venue refuses beside it (binance-usdm, 10.4); in hedge
    # mode positionSide replaces reduceOnly, refused there with -1106 (10.3).
    replaced = order.close_position or params.get("positionSide", "BOTH") != "BOTH"
    reduces = order.reduce_only and not replaced
    yield "reduce_only", params.get("reduceOnly", "false").lower(), str(reduces).lower()
    yield "close_position", params.get("closePosition", "false").lower(), str(order.close_position).lower()
    yield "price_match", params.get("priceMatch", "NONE"), order.more.get("price_match", "NONE")
    if venue_type != "MARKET":
        waits = "RPI" if (order.more.get("params") or {}).get("rpi") else "GTX"
        wanted = waits if order.post_only else order.time_in_force or "GTC"
        yield "time_in_force", params.get("timeInForce", "GTC"), wanted
        expiry_ms = order.expire_time_ms
        yield "expire_time_ms", _seconds(params.get("goodTillDate")), _seconds(str(expiry_ms or 0))
    if venue_type in CONDITIONAL:
        wanted = "MARK_PRICE" if order.trigger_type == "MARK_PRICE" else "CONTRACT_PRICE"
        yield "trigger_type", params.get("workingType", "CONTRACT_PRICE"), wanted


def _released(order: AskedOrder) -> AskedOrder:
    """Return what is sent of an order that the trader held back until its trigger."""
    become = _RELEASED[order.type]
    none = {"trigger_price": None, "activation_price": None, "callback_rate": None}
    return replace(order, type=become, **none, **({"price": None} if become == "MARKET" else {}))


def _position_side(order: AskedOrder, sent: str | None) -> str:
    """Return which position an order is for: as it says, or as the id of its position ends, `…-LONG`.

    One that names no position may be sent in hedge mode, where the venue wants to be told, for the leg that its side
    opens or, reduce-only or as a stop that closes the position, closes.
    """
    position = str(order.more.get("position_id") or "")
    side = position.rpartition("-")[2]
    closes = bool(order.reduce_only or order.close_position)
    meant = "LONG" if (order.side == "BUY") is not closes else "SHORT"
    unsaid = meant if sent == meant and not position else "BOTH"
    return order.position_side or (side if side in ("LONG", "SHORT") else unsaid)


def _seconds(milliseconds: str | None) -> str:
    """Return a goodTillDate as the venue keeps it, in whole seconds (New Order); 0 without one."""
    text = milliseconds or "0"
    return str(int(text) // 1000) if text.isdecimal() else text


def _amended(
    order: AskedOrder, amendments: Sequence[Command], act: OrderAct, *, linked: bool
) -> Iterator[tuple[str, Any, Any]]:
    """Yield in what an amendment differs from what was asked: the name, what was sent, and what might have been."""
    for name in ("symbol", "side"):
        if act.params.get(name, getattr(order, name)) != getattr(order, name):
            yield name, act.params.get(name), getattr(order, name)
    wishes: list[Command | None] = [*amendments] or [None]
    known = {name: [value for row in (order, *wishes) if (value := getattr(row, name, None))] for name in _AMENDED}
    reduced = act.params.get("quantity") or ""
    largest = max(map(Decimal, known["quantity"]), default=Decimal(0))
    if linked and _PLAIN.fullmatch(reduced) and 0 < Decimal(reduced) <= largest:
        known["quantity"].append(reduced)
        wishes = [wish and replace(wish, quantity=None) for wish in wishes]
    # Of two amendments on their way at once either may be sent last: each is held against the wish that it is nearest.
    yield from min((list(_unlike(wish, known, act.params)) for wish in wishes), key=len)


def _unlike(
    wish: Command | None, known: Mapping[str, list[Any]], params: Mapping[str, str]
) -> Iterator[tuple[str, Any, Any]]:
    for name, before in known.items():
        # What a wish leaves open stays as it was; which of the earlier ones the venue has granted is no matter here.
        wished = getattr(wish, name, None)
        wanted = [wished] if wished else before
        if not _same(params.get(name), wanted):
            yield name, params.get(name), " or ".join(wanted)


def _same(sent: str | None, asked: Sequence[Any]) -> bool:
    """Whether a figure was sent as one of those asked for, and in digits; where none was asked for, none is sent."""
    if sent is None:
        return not asked
    return bool(_PLAIN.fullmatch(sent)) and any(Decimal(sent) == Decimal(str(one)) for one in asked)
