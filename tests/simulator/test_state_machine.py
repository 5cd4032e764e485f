"""The simulator by its properties: whatever is done to it, in whatever order, the books hold.

A random trader, other clients of the account, other traders and the venue itself act; every event goes into books
that the test keeps on its own (`shadow`), and after every act those equal the venue's. `CONFORMANCE_FUZZ=nightly` runs
a longer search with fresh examples; without it the same examples run every time.
"""

import json
import os
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from conformance.simulator import ControlError
from conformance.simulator.errors import Refusal
from tests.simulator.shadow import acts
from tests.simulator.shadow.machine import ShadowedVenue
from tests.simulator.venue_client import ALGO, ORDER

HOUR_MS = 3_600_000


class VenueMachine(ShadowedVenue):
    """Does random things to a venue."""

    # --- orders

    def as_order(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters of an order; sloppy ones keep what is wrong in itself."""
        params = {name: value for name, value in wanted.items() if name not in ("size", "distance", "sloppy")}
        symbol = params["symbol"]
        kind = params.setdefault("type", "LIMIT")
        params["quantity"] = self.quantity(symbol, wanted["size"])
        sloppy = "sloppy" in wanted
        if kind == "MARKET":
            if not sloppy:
                for name in ("timeInForce", "priceMatch"):
                    params.pop(name, None)
        else:
            params.setdefault("timeInForce", "GTC")
            if params["timeInForce"] == "GTD":
                params["goodTillDate"] = self.control.now_ms() + 700_000
            if "priceMatch" not in params:
                params["price"] = self.price(symbol, wanted["distance"])
        if not sloppy:
            params.pop("closePosition", None)
            self.fit_mode(params)
        return params

    def fit_mode(self, params: dict[str, Any]) -> None:
        """Let the parameters suit the position mode."""
        if self.hedged:
            params.pop("reduceOnly", None)
            if params.get("positionSide", "BOTH") == "BOTH":
                params["positionSide"] = "LONG"
        else:
            params.pop("positionSide", None)

    @rule(wanted=acts.limits)
    def place_limit(self, wanted: dict[str, Any]) -> None:
        """Place a LIMIT order."""
        self.place(wanted)

    @rule(wanted=acts.markets)
    def place_market(self, wanted: dict[str, Any]) -> None:
        """Place a MARKET order."""
        self.place(wanted)

    @rule(wanted=acts.odd)
    def place_odd(self, wanted: dict[str, Any]) -> None:
        """Place an order that may contradict itself."""
        self.place(wanted)

    @precondition(lambda self: any(position.amount for position in self.shadow.money.positions.values()))
    @rule(number=acts.picks, wanted=acts.limits)
    def place_closing(self, number: int, wanted: dict[str, Any]) -> None:
        """Place an order that may only reduce one of the positions, of a size of its own."""
        held = [(key, position.amount) for key, position in self.shadow.money.positions.items() if position.amount]
        (symbol, position_side), amount = held[number % len(held)]
        closing = {"symbol": symbol, "side": "SELL" if amount > 0 else "BUY"}
        closing |= {"positionSide": position_side} if self.hedged else {"reduceOnly": "true"}
        self.place(wanted | closing)

    def place(self, wanted: dict[str, Any]) -> None:
        """Place an order; what the answer says is what the events said."""
        params = self.as_order(wanted)
        answer = self.ask("POST", ORDER, **params)
        if answer.status == 200:
            self.check_placed(answer.body, params)

    def check_placed(self, body: dict[str, Any], params: dict[str, Any]) -> None:
        order = self.shadow.orders.all[body["symbol"], body["orderId"]]
        assert body["clientOrderId"] == order.client_id
        waited = params.get("newOrderRespType") == "RESULT" and (order.type == "MARKET" or order.tif in ("IOC", "FOK"))
        if waited:
            assert (body["status"], Decimal(body["executedQty"])) == (order.status, order.executed)
            assert not order.is_open
        else:
            assert (body["status"], Decimal(body["executedQty"])) == ("NEW", 0)

    @rule(wanted=acts.orders)
    def place_as_other(self, wanted: dict[str, Any]) -> None:
        """Let another client of the account place an order."""
        heard = self.shadow.heard
        try:
            self.control.place_as_other(**self.as_order(wanted))
        except Refusal:
            assert self.shadow.heard == heard

    @rule(several=st.lists(acts.orders, min_size=1, max_size=5))
    def place_batch(self, several: list[dict[str, Any]]) -> None:
        """Place up to five at once; each has its own fate."""
        items = [{k: str(v) for k, v in self.as_order(wanted).items() if v is not None} for wanted in several]
        answer = self.ask("POST", "/fapi/v1/batchOrders", batchOrders=json.dumps(items))
        assert answer.status == 200
        assert len(answer.body) == len(items)
        for item, body in zip(items, answer.body, strict=True):
            if "orderId" in body:
                assert (body["symbol"], body["side"]) == (item["symbol"], item["side"])
                self.shadow.orders.all[body["symbol"], body["orderId"]]

    @rule(number=acts.picks, by_client_id=st.booleans())
    def cancel(self, number: int, by_client_id: bool) -> None:
        """Cancel an order: an open one is CANCELED, a finished one refused with -2011."""
        order = self.pick(number)
        if order is None:
            return
        was_open = order.is_open
        if by_client_id:
            answer = self.ask("DELETE", ORDER, symbol=order.symbol, origClientOrderId=order.client_id)
            assert answer.status == 200 or answer.body["code"] == -2011
            return
        answer = self.ask("DELETE", ORDER, symbol=order.symbol, orderId=order.id)
        if was_open:
            assert (answer.status, answer.body["status"], order.status) == (200, "CANCELED", "CANCELED")
        else:
            assert answer.body["code"] == -2011

    @rule(number=acts.picks, size=acts.sizes, distance=acts.distances, match=st.sampled_from((None, None, "QUEUE")))
    def amend(self, number: int, size: int, distance: acts.Distance, match: str | None) -> None:
        """Amend an order; an accepted amendment leaves what was asked for, or ends the order."""
        order = self.pick(number)
        if order is None:
            return
        params = {"symbol": order.symbol, "orderId": order.id, "side": order.side}
        params["quantity"] = self.quantity(order.symbol, size)
        params |= {"priceMatch": match} if match else {"price": self.price(order.symbol, distance)}
        was_open, amendments = order.is_open, order.amendments
        answer = self.ask("PUT", ORDER, **params)
        if answer.status == 200:
            assert was_open
            assert order.amendments == amendments + 1 or order.status in ("CANCELED", "EXPIRED")

    def cancel_all(self, symbol: str) -> None:
        """Cancel all orders of a symbol: none is left there."""
        assert self.ask("DELETE", "/fapi/v1/allOpenOrders", symbol=symbol).status == 200
        assert not [order for order in self.shadow.orders.open() if order.symbol == symbol]

    def cancel_batch(self, numbers: list[int]) -> None:
        """Cancel several orders of BTCUSDT, finished and unknown ones among them."""
        ids = [order.id for number in numbers if (order := self.pick(number)) is not None]
        if ids:
            answer = self.ask("DELETE", "/fapi/v1/batchOrders", symbol="BTCUSDT", orderIdList=json.dumps(ids))
            assert len(answer.body) == len(ids)

    def count_down(self, symbol: str, after_ms: int) -> None:
        """Start or stop a countdown."""
        self.ask("POST", "/fapi/v1/countdownCancelAll", symbol=symbol, countdownTime=after_ms)

    # --- the Algo service

    @rule(wanted=acts.algos)
    def place_algo(self, wanted: dict[str, Any]) -> None:
        """Place an algo order; it waits as NEW unless a position ended it at once."""
        skip = ("size", "distance", "limit", "activated", "sloppy", "closePosition", "callbackRate")
        params = {name: value for name, value in wanted.items() if name not in skip}
        symbol, kind = params["symbol"], params["type"]
        away = wanted["distance"]
        if not wanted.get("sloppy"):
            above = (params["side"] == "BUY") == kind.startswith("STOP")
            away = away.towards(1 if above else -1)
        closes = "closePosition" in wanted and kind in ("STOP_MARKET", "TAKE_PROFIT_MARKET")
        if closes:
            params["closePosition"] = "true"
            params.pop("reduceOnly", None)
        else:
            params["quantity"] = self.quantity(symbol, wanted["size"])
        if kind == "TRAILING_STOP_MARKET":
            params["callbackRate"] = wanted.get("callbackRate", "1")
            if not wanted.get("activated"):
                params["activatePrice"] = self.price(symbol, away)
        else:
            params["triggerPrice"] = self.price(symbol, away)
        if kind not in ("STOP", "TAKE_PROFIT"):
            params.pop("priceMatch", None)
        elif "priceMatch" not in params:
            params["price"] = self.price(symbol, wanted["limit"])
        if params.get("timeInForce") == "GTD":
            params["goodTillDate"] = self.control.now_ms() + 700_000
        self.fit_mode(params)
        answer = self.ask("POST", ALGO, algoType="CONDITIONAL", **params)
        if answer.status == 200:
            assert self.shadow.algos.all[answer.body["algoId"]].body["caid"] == answer.body["clientAlgoId"]

    @precondition(lambda self: self.shadow.algos.all)
    @rule(number=acts.picks)
    def cancel_algo(self, number: int) -> None:
        """Cancel an algo order: a waiting one is CANCELED, another refused with -2011."""
        algos = self.shadow.algos.open() if number % 4 else []
        algos = algos or list(self.shadow.algos.all.values())
        algo = algos[number % len(algos)]
        was_open = algo.status == "NEW"
        answer = self.ask("DELETE", ALGO, algoId=algo.body["aid"])
        assert (answer.status, algo.status) == (200, "CANCELED") if was_open else answer.body["code"] == -2011

    def cancel_all_algos(self, symbol: str) -> None:
        """Cancel all algo orders of a symbol: none is left there, and orders are not touched."""
        standing = list(self.shadow.orders.open())
        assert self.ask("DELETE", "/fapi/v1/algoOpenOrders", symbol=symbol).status == 200
        assert not [algo for algo in self.shadow.algos.open() if algo.body["s"] == symbol]
        assert standing == list(self.shadow.orders.open())

    # --- the market

    @rule(symbol=acts.symbols, path=st.lists(acts.distances, min_size=1, max_size=4))
    def move(self, symbol: str, path: list[acts.Distance]) -> None:
        """Let the price walk."""
        self.control.move_price(symbol, *(self.price(symbol, step) for step in path))

    def leap(self, symbol: str, leap: acts.Distance) -> None:
        """Let the price leap, far enough to liquidate."""
        self.control.move_price(symbol, self.price(symbol, leap))

    def move_mark(self, symbol: str, distance: acts.Distance) -> None:
        """Move the mark price alone."""
        self.control.set_mark(symbol, self.price(symbol, distance))

    @rule(symbol=acts.symbols, middle=acts.near, bids=acts.levels, asks=acts.levels)
    def set_book(
        self, symbol: str, middle: acts.Distance, bids: list[tuple[int, int]], asks: list[tuple[int, int]]
    ) -> None:
        """Let other traders offer a few levels, or none."""
        at, tick = Decimal(self.price(symbol, middle)), self.control.tick(symbol)
        self.control.set_book(
            symbol,
            [(at - tick * away, self.quantity(symbol, size)) for away, size in bids],
            [(at + tick * away, self.quantity(symbol, size)) for away, size in asks],
        )

    @rule(symbol=acts.symbols, side=acts.sides, size=acts.sizes)
    def trade(self, symbol: str, side: str, size: int) -> None:
        """Let another trader take the account's resting orders."""
        self.control.trade(symbol, side, self.quantity(symbol, size))

    @rule(number=acts.picks, size=acts.sizes)
    def fill(self, number: int, size: int) -> None:
        """Fill part of an order by control; what cannot be is an error of the control."""
        order = self.pick(number)
        if order is None:
            return
        executed = order.executed
        try:
            self.control.fill(order.symbol, order.id, None if size == 0 else self.quantity(order.symbol, size))
        except ControlError:
            assert order.executed == executed

    # --- settings and money

    @rule(choice=acts.choices)
    def choose(self, choice: tuple[str, dict[str, Any]]) -> None:
        """Do one of the things that an account does seldom."""
        getattr(self, choice[0])(**choice[1])

    @rule(fate=acts.fates)
    def suffer(self, fate: tuple[str, dict[str, Any]]) -> None:
        """Let one of the things happen that befall an account."""
        getattr(self, fate[0])(**fate[1])

    def set_leverage(self, symbol: str, leverage: int) -> None:
        """Choose a leverage; an accepted one is told."""
        if self.ask("POST", "/fapi/v1/leverage", symbol=symbol, leverage=leverage).status == 200:
            assert self.shadow.leverage[symbol] == leverage

    def set_margin_type(self, symbol: str, isolated: bool) -> None:
        """Choose a margin type; orders and positions forbid it."""
        kind = "ISOLATED" if isolated else "CROSSED"
        busy = any(order.symbol == symbol for order in self.shadow.orders.open())
        busy |= any(p.amount for (name, _), p in self.shadow.money.positions.items() if name == symbol)
        if self.ask("POST", "/fapi/v1/marginType", symbol=symbol, marginType=kind).status == 200:
            assert not busy
            assert self.shadow.isolated[symbol] == isolated

    def switch_position_mode(self) -> None:
        """Change between one-way and hedge mode; orders and positions forbid it."""
        busy = any(self.shadow.orders.open()) or bool(self.shadow.algos.open())
        busy |= any(position.amount for position in self.shadow.money.positions.values())
        wanted = "false" if self.hedged else "true"
        answer = self.ask("POST", "/fapi/v1/positionSide/dual", dualSidePosition=wanted)
        assert (answer.status == 200) != busy
        self.hedged ^= not busy

    def shift_margin(self, symbol: str, side: str, kind: int, size: int) -> None:
        """Add to or take from an isolated position's margin."""
        amount = ("0", "0.5", "10", "33.33333333", "500", "5000", "100000")[size]
        side = side if self.hedged else "BOTH"
        self.ask("POST", "/fapi/v1/positionMargin", symbol=symbol, positionSide=side, amount=amount, type=kind)

    def fund(self, symbol: str, rate: str) -> None:
        """Exchange funding at some rate."""
        self.funding_rates[symbol] = Decimal(rate)
        self.control.set_funding_rate(symbol, rate)
        self.control.fund(symbol)

    def deposit(self, amount: str, asset: str) -> None:
        """Move money in or out; what is not there cannot leave."""
        heard = self.shadow.heard
        try:
            self.control.deposit(asset, amount)
        except ControlError:
            assert self.shadow.heard == heard

    @rule(ms=st.sampled_from((1, 4, 60, 6_000, 800_000, HOUR_MS, 9 * HOUR_MS)))
    def advance(self, ms: int) -> None:
        """Let time pass: orders good till then expire, countdowns end, funding is exchanged.

        Two days at most, after which the venue's queries begin to forget orders.
        """
        self.elapsed_ms += ms
        if self.elapsed_ms < 48 * HOUR_MS:
            self.control.advance(ms)

    # --- the venue's hands

    @rule(symbol=acts.symbols, side=st.sampled_from(("LONG", "SHORT")), size=acts.sizes, distance=acts.near)
    def open_position(self, symbol: str, side: str, size: int, distance: acts.Distance) -> None:
        """Let another client open a position past the margin check."""
        price = self.price(symbol, distance)
        self.control.open_position(symbol, side, self.quantity(symbol, min(size, 4)), price)

    def force_close(self, symbol: str, side: str, forced: bool) -> None:
        """Liquidate or deleverage a position, where there is one."""
        side = side if self.hedged else "BOTH"
        held = self.shadow.money.positions[symbol, side]
        before = held.amount
        try:
            if forced:
                self.control.liquidate(symbol, side)
            else:
                self.control.deleverage(symbol, self.quantity(symbol, 1), side)
        except ControlError:
            assert held.amount == 0
        else:
            assert abs(held.amount) < abs(before)

    def set_status(self, symbol: str, status: str) -> None:
        """Halt a symbol, or let it go on."""
        self.control.set_status(symbol, status)

    def delist(self, symbol: str) -> None:
        """Settle a contract: nothing is left on it, and it can come back as a new one."""
        self.control.delist(symbol)
        assert not [order for order in self.shadow.orders.open() if order.symbol == symbol]
        assert not any(p.amount for (name, _), p in self.shadow.money.positions.items() if name == symbol)
        self.control.set_status(symbol, "TRADING")


NIGHTLY = os.environ.get("CONFORMANCE_FUZZ") == "nightly"
VenueMachine.TestCase.settings = settings(
    max_examples=3000 if NIGHTLY else 120,
    stateful_step_count=100 if NIGHTLY else 50,
    derandomize=not NIGHTLY,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TestStateMachine(VenueMachine.TestCase):  # type: ignore[name-defined,misc]
    """After every random act the books balance, orders are legal, events explained: none missing, none twice."""
