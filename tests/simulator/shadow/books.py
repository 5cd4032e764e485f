"""The shadow books: every event explained, none missing, none twice, and in the end equal to the venue's own."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.simulator.shadow.algos import ShadowAlgos
from tests.simulator.shadow.money import HAIR, Rates, ShadowMoney
from tests.simulator.shadow.orders import ZERO, ShadowOrder, ShadowOrders, cut

Event = dict[str, Any]


class ShadowBooks:
    """Hears every event in order. `mark` and `rate` are facts of the market, not of the account's books."""

    def __init__(
        self, rates: Rates, deposit: Decimal, mark: Callable[[str], Decimal], funding_rate: Callable[[str], Decimal]
    ) -> None:
        self.orders = ShadowOrders()
        self.algos = ShadowAlgos(self.orders)
        self.money = ShadowMoney(rates, deposit)
        self.leverage: dict[str, int] = {}
        self.isolated: dict[str, bool] = {}
        self.multi_assets = False
        self.heard = 0
        self._mark = mark
        self._funding_rate = funding_rate
        self._lites: dict[tuple[str, int], Event] = {}
        self._update: Event | None = None
        self._liquidations = 0
        self._time_ms: dict[str, int] = defaultdict(int)

    def hear(self, event: Event) -> None:
        """Apply one event; fails with an AssertionError where nothing explains it."""
        self.heard += 1
        kind = event["e"]
        assert event["E"] >= event.get("T", 0), f"sent before it was made: {event}"
        assert event["E"] >= self._time_ms[kind], f"time runs backwards among events of a type: {event}"
        self._time_ms[kind] = event["E"]
        if self._update is not None:
            is_trade = kind == "ORDER_TRADE_UPDATE" and event["o"]["x"] in ("TRADE", "CALCULATED")
            assert is_trade, f"{self._update} must be followed by its trade, not by {event}"
        if kind == "ORDER_TRADE_UPDATE":
            self._hear_order(event)
        elif kind == "TRADE_LITE":
            key = event["s"], event["t"]
            assert key not in self._lites, f"TRADE_LITE twice: {event}"
            self._lites[key] = event
        elif kind == "ACCOUNT_UPDATE":
            self._hear_account(event)
        elif kind == "ALGO_UPDATE":
            self.algos.hear(event["o"])
        elif kind == "ACCOUNT_CONFIG_UPDATE":
            self._hear_settings(event)
        elif kind == "MARGIN_CALL":
            for row in event["p"]:
                assert Decimal(row["pa"]) == self.money.positions[row["s"], row["ps"]].amount != 0, event
        else:
            raise AssertionError(f"no act of this test explains {event}")

    # --- orders and their trades

    def _hear_order(self, event: Event) -> None:
        o = event["o"]
        assert o["T"] == event["T"], f"inner and outer time differ: {event}"
        order = self.orders.hear(o)
        if o["x"] == "NEW" and o["R"]:
            held = abs(self.money.positions[o["s"], o["ps"]].amount)
            assert Decimal(o["q"]) <= held, f"a reduce-only order is reduced to the position ({held}): {o}"
        if o["x"] not in ("TRADE", "CALCULATED"):
            assert (o["l"], o["t"], o["n"], o["rp"]) == ("0", 0, "0", "0"), f"trade fields without a trade: {o}"
            return
        self._take_lite(order, o)
        update, self._update = self._update, None
        assert update is not None, f"a trade without the ACCOUNT_UPDATE before it: {event}"
        assert update["T"] == event["T"], f"a trade and its ACCOUNT_UPDATE have one time: {update}, {event}"
        changed = self.money.trade(order, o)
        self._liquidations += order.client_id.startswith("autoclose-")
        rows = update["a"]["P"]
        assert [(row["s"], row["ps"]) for row in rows] == [(order.symbol, order.position_side)], f"{update} for {o}"
        self.money.check_position(rows[0], self._mark(order.symbol))
        assert {row["a"] for row in update["a"]["B"]} == changed, f"{changed} changed, told {update}"
        self._check_balances(update, ZERO)

    def _take_lite(self, order: ShadowOrder, o: dict[str, Any]) -> None:
        lite = self._lites.pop((o["s"], o["t"]), None)
        assert (lite is None) == order.is_forced, f"every trade but a forced one has its TRADE_LITE: {lite} {o}"
        if lite is not None:
            assert all(lite[key] == o[key] for key in ("c", "S", "i", "m")), f"{lite} tells another trade than {o}"
            assert all(Decimal(lite[key]) == Decimal(o[key]) for key in ("l", "L", "q", "p")), f"{lite} against {o}"

    # --- money

    def _check_balances(self, update: Event, change: Decimal) -> None:
        for row in update["a"]["B"]:
            wallet, cross = self.money.wallet(row["a"]), self.money.cross(row["a"])
            assert (Decimal(row["wb"]), Decimal(row["bc"])) == (wallet, change), f"{wallet} by {change}, told {update}"
            assert Decimal(row["cw"]) == cross, f"cross wallet is {cross}, told {update}"

    def _hear_account(self, event: Event) -> None:
        body = event["a"]
        reason = body["m"]
        if reason == "ORDER":
            self._update = event
            return
        changes = {Decimal(row["bc"]) for row in body["B"]}
        change = changes.pop() if changes else ZERO
        assert not changes, f"one flow at a time: {event}"
        if reason == "FUNDING_FEE":
            self._fund(event, change)
        elif reason in ("DEPOSIT", "WITHDRAW"):
            assert (change > 0) == (reason == "DEPOSIT"), event
            self.money.flow("TRANSFER", body["B"][0]["a"], change)
        elif reason == "INSURANCE_CLEAR":
            assert self._liquidations > 0, f"no liquidation explains {event}"
            self.money.flow("INSURANCE_CLEAR", body["B"][0]["a"], change)
        elif reason == "MARGIN_TRANSFER":
            position = self.money.positions[body["P"][0]["s"], body["P"][0]["ps"]]
            moved = Decimal(body["P"][0]["iw"]) - position.isolated
            assert moved == -change != 0, f"{-change} leaves the cross wallet, {moved} arrives: {event}"
        else:
            assert reason == "MARGIN_TYPE_CHANGE", f"no act of this test explains {event}"
            for row in body["P"]:
                isolated = row["mt"] == "isolated"
                assert self.isolated.get(row["s"], False) != isolated or row is not body["P"][0], f"no change: {event}"
                self.isolated[row["s"]] = isolated
        for row in body["P"]:
            self.money.check_position(row, self._mark(row["s"]))
        self._check_balances(event, change)

    def _fund(self, event: Event, change: Decimal) -> None:
        symbol = event["a"]["S"]
        payments = [
            cut(-position.amount * self._mark(symbol) * self._funding_rate(symbol), 8)
            for (name, _), position in self.money.positions.items()
            if name == symbol and position.amount
        ]
        assert change in payments, f"funding should be one of {payments}: {event}"
        self.money.flow("FUNDING_FEE", event["a"]["B"][0]["a"], change)

    def _hear_settings(self, event: Event) -> None:
        if "ac" in event:
            self.leverage[event["ac"]["s"]] = event["ac"]["l"]
        else:
            assert event["ai"]["j"] != self.multi_assets, f"no change: {event}"
            self.multi_assets = event["ai"]["j"]

    # --- at the end of every act

    def check_rest(self, *, lagging: bool) -> None:
        """Hold at the end of an act: nothing half-told."""
        assert self._update is None, f"no trade followed {self._update}"
        assert not self._lites, f"no trade followed {self._lites}"
        self.orders.check_rest()
        for order in self.orders.open():
            amount = self.money.positions[order.symbol, order.position_side].amount
            assert not order.reduce_only or amount * order.direction < 0, f"nothing of {amount} to reduce: {order}"
        self.algos.check_rest(lagging=lagging)
        self.money.check_sides()
        self._liquidations = 0

    def check_against(self, books: dict[str, Any]) -> None:
        """Hold the shadow books to `control.books()`: orders, algo orders, positions, balances, flows."""
        venue = {(row["symbol"], row["orderId"]): self._order_row(row) for row in books["orders"]}
        assert len(venue) == len(books["orders"]), "an order stands twice"
        own = {
            (order.symbol, order.id): (
                order.status, order.client_id, order.side, order.position_side, order.type, order.tif,
                order.reduce_only, order.quantity, order.price, order.executed, order.quote,
            )
            for order in self.orders.open()
        }  # fmt: skip
        assert venue == own, f"open orders differ: {_difference(venue, own)}"
        waiting = {(row["algoId"], row["algoStatus"], row["clientAlgoId"]) for row in books["algo_orders"]}
        told = {(algo.body["aid"], algo.status, algo.body["caid"]) for algo in self.algos.open()}
        assert waiting == told, f"algo orders differ: {waiting ^ told}"
        self._check_positions(books["positions"])
        flows = {
            asset: {k: Decimal(v) for k, v in sums.items() if Decimal(v)} for asset, sums in books["ledger"].items()
        }
        shadow = {asset: {k: v for k, v in sums.items() if v} for asset, sums in self.money.flows.items()}
        assert {k: v for k, v in flows.items() if v} == {k: v for k, v in shadow.items() if v}, (flows, shadow)
        for row in books["balances"]:
            assert Decimal(row["walletBalance"]) == self.money.wallet(row["asset"]), row

    @staticmethod
    def _order_row(row: dict[str, Any]) -> tuple[Any, ...]:
        numbers = (Decimal(row[name]) for name in ("origQty", "price", "executedQty", "cumQuote"))
        return (
            row["status"], row["clientOrderId"], row["side"], row["positionSide"], row["type"], row["timeInForce"],
            row["reduceOnly"], *numbers,
        )  # fmt: skip

    def _check_positions(self, rows: list[dict[str, Any]]) -> None:
        venue = {(row["symbol"], row["positionSide"]): row for row in rows}
        own = {key: position for key, position in self.money.positions.items() if position.amount}
        assert venue.keys() == own.keys(), f"positions differ: {venue.keys() ^ own.keys()}"
        for key, position in own.items():
            row = venue[key]
            assert Decimal(row["positionAmt"]) == position.amount, (row, position)
            assert Decimal(row["realised"]) == position.realised, (row, position)
            assert Decimal(row["isolatedWallet"]) == position.isolated, (row, position)
            assert abs(Fraction(row["entryPrice"]) - position.entry) <= HAIR, (row, position)


def _difference(venue: dict[Any, Any], own: dict[Any, Any]) -> str:
    keys = [key for key in venue.keys() | own.keys() if venue.get(key) != own.get(key)]
    return "; ".join(f"{key}: venue {venue.get(key)}, events {own.get(key)}" for key in keys[:3])
