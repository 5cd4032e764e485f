"""A venue under random acts and the shadow that hears it: what every act needs, and what holds after each."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from conformance.simulator import Options
from conformance.simulator.clock import Clock
from conformance.simulator.rest.answering import Answer
from tests.simulator.shadow import acts
from tests.simulator.shadow.books import ShadowBooks
from tests.simulator.shadow.money import Rates
from tests.simulator.shadow.orders import ShadowOrder
from tests.simulator.venue_client import ORDER, VenueClient

START = datetime(2026, 11, 22, 5, tzinfo=UTC)
UNLIMITED = {"enforce_order_limits": False, "enforce_weight_limit": False}


class ShadowedVenue(RuleBasedStateMachine):
    """A state machine without acts."""

    @initialize(
        chosen=acts.options, hedged=st.booleans(), bnb=st.booleans(), isolated=st.sets(st.sampled_from(acts.SYMBOLS))
    )
    def open(self, chosen: dict[str, Any], hedged: bool, bnb: bool, isolated: set[str]) -> None:
        """Open a venue whose clock stands still unless it is advanced."""
        self.options = Options(**UNLIMITED, **{"algo_lag_ms": 0, **chosen})
        wall_ns = int(START.timestamp()) * 1_000_000_000
        with patch("conformance.simulator.venue.Clock", lambda: Clock(lambda: wall_ns)):
            self.client = VenueClient(self.options)
        self.control = self.client.control
        self.funding_rates: dict[str, Decimal] = {}
        self.shadow = ShadowBooks(
            Rates(
                self.options.maker_rate,
                self.options.taker_rate,
                self.options.rpi_rate,
                self.options.bnb_discount,
                bnb_price=Decimal(600),
            ),
            self.options.deposit,
            self.control.mark,
            lambda symbol: self.funding_rates.get(symbol, self.options.funding_rate),
        )
        self.elapsed_ms = 0
        self.unexplained: AssertionError | None = None
        self.control.observe(self.hear)
        if hedged:
            self.client.ask("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true")
        if bnb:
            self.control.deposit("BNB", "0.02")
            self.client.ask("POST", "/fapi/v1/feeBurn", feeBurn="true")
        for symbol in sorted(isolated):
            self.client.ask("POST", "/fapi/v1/marginType", symbol=symbol, marginType="ISOLATED")
        self.hedged = hedged

    def hear(self, event: dict[str, Any]) -> None:
        """Let the shadow hear an event; what it finds is told after the act, not to the venue in the midst of it."""
        if self.unexplained is None:
            try:
                self.shadow.hear(event)
            except AssertionError as error:
                self.unexplained = error

    def ask(self, method: str, path: str, **params: Any) -> Answer:
        """Send a request; a refused one must not have been heard of, and nothing may break inside."""
        heard = self.shadow.heard
        answer = self.client.answer(method, path, **params)
        if self.unexplained is not None:
            raise self.unexplained
        if answer.status != 200:
            assert answer.body["code"] != -1001, f"{method} {path} {params} broke the simulator"
            assert self.shadow.heard == heard, (
                f"{method} {path} {params} was refused with {answer.body}, yet events came"
            )
        return answer

    def price(self, symbol: str, distance: acts.Distance) -> str:
        """Return a price at some distance from the last one, on a tick."""
        last, tick = self.control.price(symbol), self.control.tick(symbol)
        away = last * (1 + Decimal(distance.basis_points) / 10_000) + tick * distance.ticks
        return f"{max(tick, away // tick * tick):f}"

    def quantity(self, symbol: str, size: int) -> str:
        """Return one of the quantities of a symbol."""
        quantities = acts.QUANTITIES[symbol]
        return quantities[size % len(quantities)]

    def pick(self, number: int) -> ShadowOrder | None:
        """Return an order, rather an open one."""
        orders = list(self.shadow.orders.open()) if number % 4 else list(self.shadow.orders.all.values())
        return orders[number % len(orders)] if orders else None

    @invariant()
    def holds(self) -> None:
        """Nothing is half-told, and the venue's books are those that its events tell of."""
        if not hasattr(self, "shadow"):
            return
        if self.unexplained is not None:
            raise self.unexplained
        self.shadow.check_rest(lagging=bool(self.options.algo_lag_ms))
        self.shadow.check_against(self.control.books())
        for symbol, order_id in self.shadow.orders.touched:
            order = self.shadow.orders.all[symbol, order_id]
            body = self.client.answer("GET", ORDER, symbol=symbol, orderId=order_id).body
            told = (body["status"], Decimal(body["executedQty"]), Decimal(body["origQty"]), body["clientOrderId"])
            assert told == (order.status, order.executed, order.quantity, order.client_id), (body, order)
        self.shadow.orders.touched.clear()
        for symbol in acts.SYMBOLS:
            depth = self.client.raw("GET", "/fapi/v1/depth", f"symbol={symbol}&limit=5").body
            if depth["bids"] and depth["asks"]:
                assert Decimal(depth["bids"][0][0]) < Decimal(depth["asks"][0][0]), f"the book is crossed: {depth}"

    def teardown(self) -> None:
        """In the end the histories of orders, trades and money are those of the events."""
        if not hasattr(self, "shadow"):
            return
        for symbol in acts.SYMBOLS:
            rows = self.client.ask("GET", "/fapi/v1/userTrades", symbol=symbol, limit=1000)
            own = [
                (o.id, trade) for (name, _), o in self.shadow.orders.all.items() if name == symbol for trade in o.trades
            ]
            assert sorted((row["orderId"], row["id"]) for row in rows) == sorted(own)
            rows = self.client.ask("GET", "/fapi/v1/allOrders", symbol=symbol, limit=1000)
            told = {row["orderId"]: row["status"] for row in rows}
            assert told == {i: o.status for (name, i), o in self.shadow.orders.all.items() if name == symbol}
        flows = {"USDT": Decimal(0), "BNB": Decimal(0)}
        for row in self.client.ask("GET", "/fapi/v1/income", limit=1000):
            flows[row["asset"]] += Decimal(row["income"])
        assert flows == {asset: self.shadow.money.wallet(asset) for asset in flows}
