"""Positions, commissions, margin, funding, liquidation and settlement: section 13."""

import random
from decimal import Decimal

import pytest

from conformance.simulator import Options
from tests.simulator.ledger import ledger_holds
from tests.simulator.venue_client import ALGO, ORDER, VenueClient, names


def test_averaging__and_realised_profit(client: VenueClient) -> None:
    """Opens average the entry, reductions keep it and realise the difference."""
    client.control.open_position("BTCUSDT", "LONG", "0.010", "50000")
    client.control.open_position("BTCUSDT", "LONG", "0.030", "52000")
    assert client.control.books()["positions"][0]["entryPrice"] == "51500"
    client.drain()
    client.control.open_position("BTCUSDT", "SHORT", "0.010", "52500")

    row = client.events[2]["a"]["P"][0]
    assert (row["pa"], row["ep"], row["cr"]) == ("0.03", "51500", "10")
    assert client.events[3]["o"]["rp"] == "10"
    assert ledger_holds(client)


def test_flip__closes_then_opens_at_the_fill(client: VenueClient) -> None:
    """A fill beyond the position closes it and opens the rest at its price, told in one ACCOUNT_UPDATE."""
    client.control.open_position("BTCUSDT", "LONG", "0.010", "50000")
    client.drain()
    client.control.open_position("BTCUSDT", "SHORT", "0.030", "51000")

    row = client.events[2]["a"]["P"][0]
    assert (row["pa"], row["ep"], row["cr"]) == ("-0.02", "51000", "10")
    assert names(client.events).count("ACCOUNT_UPDATE") == 1


def test_flat__is_pushed_as_zeros(client: VenueClient) -> None:
    """A closed position is pushed with amount, entry, break-even and unrealised profit "0"."""
    client.order()
    client.drain()
    client.order(side="SELL")

    row = client.events[2]["a"]["P"][0]
    assert (row["pa"], row["ep"], row["bep"], row["up"]) == ("0", "0", "0", "0")


def test_break_even__of_a_fresh_position(client: VenueClient) -> None:
    """bep = ep × (1 + fee rate) for a fresh long position [PROD]."""
    client.control.open_position("BTCUSDT", "LONG", "0.010", "50000")

    assert client.events[2]["a"]["P"][0]["bep"] == "50025"


def test_commission__is_paid_in_bnb_where_switched_on(client: VenueClient) -> None:
    """With fee burn on, the commission is taken from BNB, which then is what ACCOUNT_UPDATE lists."""
    client.control.deposit("BNB", "1")
    client.ask("POST", "/fapi/v1/feeBurn", feeBurn="true")
    client.drain()
    client.order()

    assert [row["a"] for row in client.events[2]["a"]["B"]] == ["BNB"]
    assert client.events[3]["o"]["N"] == "BNB"
    assert client.balance() == "10000.00000000"
    assert client.balance("BNB") == "0.99962500"
    assert ledger_holds(client)


def test_margin__is_bound_by_orders_and_positions(client: VenueClient) -> None:
    """Open orders bind price × quantity / leverage, opposite ones do not add up, and a cancel frees it."""
    client.order(price="49000", quantity="0.100")
    assert client.control.books()["balances"][0]["availableBalance"] == "9755.00000000"
    other = client.order(side="SELL", price="51000", quantity="0.100")
    assert client.control.books()["balances"][0]["availableBalance"] == "9745.00000000"
    client.ask("DELETE", "/fapi/v1/allOpenOrders", symbol="BTCUSDT")
    assert client.control.books()["balances"][0]["availableBalance"] == "10000.00000000"
    assert other["status"] == "NEW"


def test_account__v2_lists_every_symbol_v3_the_active(client: VenueClient) -> None:
    """v2 has a row for every symbol, v3 only those with a position or open orders; both agree on the sums."""
    client.order()
    client.order(symbol="ETHUSDT", quantity="0.1", price="2400")
    v2, v3 = client.ask("GET", "/fapi/v2/account"), client.ask("GET", "/fapi/v3/account")

    assert len(v2["positions"]) == 4
    assert {row["symbol"] for row in v3["positions"]} == {"BTCUSDT", "ETHUSDT"}
    assert v2["totalWalletBalance"] == v3["totalWalletBalance"] == client.balance()
    assert {row["symbol"] for row in client.ask("GET", "/fapi/v3/positionRisk")} == {"BTCUSDT", "ETHUSDT"}
    assert len(client.ask("GET", "/fapi/v2/positionRisk")) == 4


def test_reduce_only__is_bound_by_the_position(client: VenueClient) -> None:
    """A reduce-only market order executes up to the position only, and its quantity shows that."""
    client.order()
    body = client.order(side="SELL", quantity="0.050", reduceOnly="true", newOrderRespType="RESULT")

    assert (body["origQty"], body["executedQty"], body["status"]) == ("0.010", "0.010", "FILLED")
    assert client.position() == "0"


@pytest.mark.parametrize("price", ["51000", "49900"])
def test_reduce_only__limit_orders_are_reduced_too(client: VenueClient, price: str) -> None:
    """A reduce-only LIMIT beyond the position rests, or fills, with the position's quantity; its NEW says so."""
    client.order()
    client.drain()
    body = client.order(side="SELL", price=price, quantity="0.015", reduceOnly="true")
    new = next(event["o"] for event in client.events if event["e"] == "ORDER_TRADE_UPDATE")
    client.control.move_price("BTCUSDT", "51000")

    assert (body["origQty"], new["x"], new["q"]) == ("0.010", "NEW", "0.01")
    order = client.ask("GET", ORDER, symbol="BTCUSDT", orderId=body["orderId"])
    assert (order["status"], order["executedQty"], order["origQty"]) == ("FILLED", "0.010", "0.010")


def test_reduce_only__open_ones_do_not_count(client: VenueClient) -> None:
    """By default a second reduce-only order has the whole position as its room."""
    client.order()
    bodies = [
        client.order(side="SELL", price=price, quantity="0.015", reduceOnly="true") for price in ("51000", "52000")
    ]

    assert [body["origQty"] for body in bodies] == ["0.010", "0.010"]


def test_reduce_only__open_ones_may_count() -> None:
    """By option a reduce-only order has what the open ones leave of the position; -4118 where that is nothing."""
    client = VenueClient(Options(open_reduce_only="counted"))
    client.order(quantity="0.020")
    client.order(side="SELL", price="51000", quantity="0.005", reduceOnly="true")
    second = client.order(side="SELL", price="52000", quantity="0.020", reduceOnly="true")
    wanted = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "0.001", "reduceOnly": "true"}

    assert second["origQty"] == "0.015"
    assert client.refused("POST", ORDER, **wanted) == -4118
    client.ask("DELETE", ORDER, symbol="BTCUSDT", orderId=second["orderId"])
    assert client.ask("POST", ORDER, **wanted)["origQty"] == "0.001"


def test_reduce_only__resting_orders_go_with_the_position(client: VenueClient) -> None:
    """Resting reduce-only orders beyond the position expire with reason 4, the worst priced first."""
    client.order(quantity="0.020")
    near = client.order(side="SELL", price="51000", quantity="0.020", reduceOnly="true")
    far = client.order(side="SELL", price="52000", quantity="0.020", reduceOnly="true")
    client.drain()
    client.order(side="SELL", quantity="0.010")
    assert client.ask("GET", ORDER, symbol="BTCUSDT", orderId=far["orderId"])["status"] == "EXPIRED"
    assert client.events[-1]["o"]["er"] == "4"
    client.control.move_price("BTCUSDT", "51000")

    body = client.ask("GET", ORDER, symbol="BTCUSDT", orderId=near["orderId"])
    assert (body["status"], body["executedQty"]) == ("EXPIRED", "0.010")
    assert client.position() == "0"


def test_reduce_only__excess_may_be_decreased_instead() -> None:
    """By option the quantity of an excessive reduce-only order is decreased."""
    client = VenueClient(Options(reduce_only_excess="decrease"))
    client.order(quantity="0.020")
    order = client.order(side="SELL", price="51000", quantity="0.020", reduceOnly="true")
    client.order(side="SELL", quantity="0.010")

    assert client.ask("GET", ORDER, symbol="BTCUSDT", orderId=order["orderId"])["origQty"] == "0.010"


def test_hedge_mode__keeps_two_positions(client: VenueClient) -> None:
    """In hedge mode LONG and SHORT are apart, positionSide must be sent, reduceOnly must not."""
    assert client.ask("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true") == {"code": 200, "msg": "success"}
    client.order(positionSide="LONG")
    client.order(side="SELL", quantity="0.020", positionSide="SHORT")
    assert (client.position(side="LONG"), client.position(side="SHORT")) == ("0.01", "-0.02")
    values = {"symbol": "BTCUSDT", "type": "MARKET", "quantity": "0.010"}

    assert client.refused("POST", ORDER, side="BUY", **values) == -4061
    assert client.refused("POST", ORDER, side="SELL", positionSide="LONG", reduceOnly="true", **values) == -1106
    assert client.refused("POST", ORDER, side="SELL", positionSide="LONG", **{**values, "quantity": "0.02"}) == -2022
    client.order(side="SELL", positionSide="LONG")
    assert client.position(side="LONG") == "0"
    assert client.refused("POST", "/fapi/v1/positionSide/dual", dualSidePosition="false") == -4068
    assert ledger_holds(client)


def test_hedge_mode__resting_closing_orders_never_turn_a_side_around(client: VenueClient) -> None:
    """Two resting orders that each could close a LONG position cannot make it negative together."""
    client.ask("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true")
    client.order(positionSide="LONG")
    client.order(side="SELL", price="51000", positionSide="LONG")
    client.order(side="SELL", price="51100", positionSide="LONG")
    client.control.move_price("BTCUSDT", "52000")

    assert client.position(side="LONG") == "0"
    assert client.control.books()["orders"] == []


def test_settings__refuse_to_change_nothing_or_too_late(client: VenueClient) -> None:
    """Margin type and position mode refuse the present value, open orders, and positions."""
    margin, mode = "/fapi/v1/marginType", "/fapi/v1/positionSide/dual"
    assert client.refused("POST", margin, symbol="BTCUSDT", marginType="CROSSED") == -4046
    assert client.refused("POST", mode, dualSidePosition="false") == -4059
    client.order(price="49000")
    assert client.refused("POST", margin, symbol="BTCUSDT", marginType="ISOLATED") == -4047
    assert client.refused("POST", mode, dualSidePosition="true") == -4067
    client.ask("DELETE", "/fapi/v1/allOpenOrders", symbol="BTCUSDT")
    client.algo()
    assert client.refused("POST", mode, dualSidePosition="true") == -4067
    client.ask("DELETE", "/fapi/v1/algoOpenOrders", symbol="BTCUSDT")
    client.order()
    assert client.refused("POST", margin, symbol="BTCUSDT", marginType="ISOLATED") == -4048
    assert client.refused("POST", mode, dualSidePosition="true") == -4068


def test_settings__tell_what_changed(client: VenueClient) -> None:
    """Leverage and assets mode come as ACCOUNT_CONFIG_UPDATE, the margin type as ACCOUNT_UPDATE."""
    body = client.ask("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=21)
    assert body == {"leverage": 21, "maxNotionalValue": "70000000", "symbol": "BTCUSDT"}
    client.ask("POST", "/fapi/v1/marginType", symbol="BTCUSDT", marginType="ISOLATED")
    assert client.refused("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true") == -4167
    client.ask("POST", "/fapi/v1/marginType", symbol="BTCUSDT", marginType="CROSSED")
    client.ask("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")

    assert [e.get("ac") or e.get("ai") or e["a"]["m"] for e in client.events] == [
        {"s": "BTCUSDT", "l": 21},
        "MARGIN_TYPE_CHANGE",
        "MARGIN_TYPE_CHANGE",
        {"j": True},
    ]
    assert client.refused("POST", "/fapi/v1/marginType", symbol="BTCUSDT", marginType="ISOLATED") == -4168


def test_isolated__binds_its_own_margin(client: VenueClient) -> None:
    """An isolated position has its own wallet, which can be added to and taken from."""
    client.ask("POST", "/fapi/v1/marginType", symbol="BTCUSDT", marginType="ISOLATED")
    client.control.open_position("BTCUSDT", "LONG", "0.100", "50000")
    row = client.events[3]["a"]["P"][0]
    assert (row["mt"], row["iw"]) == ("isolated", "250.00000000")
    path = "/fapi/v1/positionMargin"
    client.ask("POST", path, symbol="BTCUSDT", amount="100", type=1)
    assert client.control.books()["positions"][0]["isolatedWallet"] == "350"
    client.ask("POST", path, symbol="BTCUSDT", amount="50", type=2)
    assert client.refused("POST", path, symbol="BTCUSDT", amount="200", type=2) == -4051
    assert client.refused("POST", path, symbol="BTCUSDT", amount="20000", type=1) == -4050
    assert client.refused("POST", path, symbol="BTCUSDT", amount="0", type=1) == -4055
    assert client.refused("POST", path, symbol="ETHUSDT", amount="1", type=1) == -4049

    history = client.ask("GET", "/fapi/v1/positionMargin/history", symbol="BTCUSDT")
    assert [(row["type"], row["amount"]) for row in history] == [(1, "100"), (2, "50")]
    client.control.open_position("BTCUSDT", "SHORT", "0.100", "50000")
    assert client.control.books()["positions"] == []
    assert client.venue.margin.cross_wallet("USDT") == Decimal(client.balance())


@pytest.mark.parametrize("seed", range(6))
def test_books_balance__after_anything(seed: int) -> None:
    """After every random act wallets are the sum of their flows and positions the sum of their fills."""
    rng = random.Random(seed)
    client = VenueClient(Options(algo_lag_ms=0, enforce_order_limits=False, enforce_weight_limit=False))
    if seed % 2:
        client.ask("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true")
    if seed % 3 == 0:
        client.ask("POST", "/fapi/v1/marginType", symbol="BTCUSDT", marginType="ISOLATED")
    for _ in range(150):
        side = rng.choice(["BUY", "SELL"])
        common = {
            "symbol": "BTCUSDT",
            "side": side,
            "quantity": str(Decimal(rng.randint(1, 300)) / 1000),
            "positionSide": rng.choice(["LONG", "SHORT"]) if seed % 2 else None,
            "reduceOnly": rng.choice(["true", None, None]) if not seed % 2 else None,
        }
        last = client.control.price("BTCUSDT")
        act = rng.randint(0, 4)
        if act == 0:
            client.answer("POST", ORDER, type="MARKET", **common)
        elif act == 1:
            price = (last + rng.randint(-500, 500)).quantize(Decimal("0.1"))
            client.answer(
                "POST", ORDER, type="LIMIT", timeInForce=rng.choice(["GTC", "IOC", "GTX"]), price=price, **common
            )
        elif act == 2:
            trigger = (last + rng.randint(-800, 800)).quantize(Decimal("0.1"))
            kind = rng.choice(["STOP_MARKET", "TAKE_PROFIT_MARKET"])
            client.answer("POST", ALGO, algoType="CONDITIONAL", type=kind, triggerPrice=trigger, **common)
        elif act == 3:
            client.control.move_price("BTCUSDT", (last + rng.randint(-400, 400)).quantize(Decimal("0.1")))
        else:
            client.control.advance(rng.randint(1, 3_600_000))
        assert ledger_holds(client)
        for (_, position_side), position in client.venue.account.positions.items():
            assert position_side == "BOTH" or (position.amount >= 0) == (position_side == "LONG") or not position.amount
            assert position.isolated_wallet == 0 or position.amount != 0
