"""Invariant 12: what the trader books of a trade is what the venue said of it; every trade of its orders is booked."""

from copy import deepcopy
from typing import Any

import pytest

from conformance.history.entries import Declared, FaultApplied, Frame
from conformance.invariants import violations
from conformance.invariants.books import POSITION
from tests.invariants.histories import Scripted

PLACE = "POST /fapi/v1/order"
TERMS = {"side": "BUY", "last_px": "50000.00", "commission": "0.20000000", "commission_currency": "USDT"}
BOOKED = {**TERMS, "liquidity": "TAKER"}
PUSHED = {"i": 7, "x": "TRADE", "S": "BUY", "l": "0.01", "L": "50000", "n": "0.2", "N": "USDT", "m": False}
LITE = {"e": "TRADE_LITE", "c": "T-1", "i": 7, "t": 1, "S": "BUY", "l": "0.01", "L": "50000", "m": False}
ROW = {
    "id": 1,
    "orderId": 7,
    "qty": "0.01",
    "price": "50000",
    "side": "BUY",
    "commission": "0.2",
    "commissionAsset": "USDT",
    "maker": False,
}
MISSED = "a trade of the venue was not booked"
RESTS_ON_NONE = "a fill rests on no trade of the venue"


def found(script: Scripted) -> list[str]:
    """Return what a history breaks of invariant 12."""
    broken = [violation.signature for violation in violations(script.history) if violation.number == 12]
    return [signature.removeprefix("invariant 12: ") for signature in broken]


def accepted(order: str = "T-1", script: Scripted | None = None) -> Scripted:
    """An order of the trader that the venue has."""
    script = (script or Scripted()).command("submit", order={"client_order_id": order})
    script.request(PLACE, newClientOrderId=order, type="MARKET")
    return script.answer(200, {"orderId": 7, "clientOrderId": order, "status": "NEW"})


def pushed(script: Scripted, trade: int = 1, order: str = "T-1", **other: Any) -> Scripted:
    """Append a trade as the user stream tells it; what is None is left out."""
    told = {key: value for key, value in {**PUSHED, **other}.items() if value is not None}
    return script.order_frame("FILLED", order, trade=trade, **told)


def booked(script: Scripted, trade: str = "1", quantity: str = "0.010", order: str = "T-1", **other: Any) -> Scripted:
    """Append the trader's fill of it."""
    fill = {key: value for key, value in {**BOOKED, **other}.items() if value is not None}
    return script.fill(trade, quantity, of="0.010", filled=quantity, order=order, **fill)


def listed(script: Scripted, by: str = "trader", **other: Any) -> Scripted:
    """Append the account's list of trades as the answer to somebody."""
    return script.request("GET /fapi/v1/userTrades", by).answer(200, [{**ROW, **other}])


def test_trade_is_booked_as_made() -> None:
    """Figures are compared as numbers; a trade that is told twice is one."""
    assert found(booked(pushed(accepted()))) == []
    assert found(listed(booked(pushed(pushed(accepted()))))) == []


def test_fill_is_not_taken_back() -> None:
    """A fill that the trader was told of and then told to be void is a break: the venue annuls no trade."""
    history = booked(pushed(accepted()))
    assert found(history.event("OrderFillVoided", client_order_id="T-1")) == ["a fill was taken back"]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("last_px", "50000.10"),
        ("last_px", None),
        ("last_px", "abc"),
        ("side", "SELL"),
        ("side", None),
        ("commission", "0.1"),
        ("commission", None),
        ("commission", "-0.2"),
        ("commission_currency", "BNB"),
        ("commission_currency", None),
        ("liquidity", "MAKER"),
        ("liquidity", "NO_LIQUIDITY_SIDE"),
        ("liquidity", None),
    ],
)
@pytest.mark.parametrize("told", ["pushed", "listed"])
def test_what_was_booked_otherwise_is_named(told: str, name: str, wrong: str | None) -> None:
    """Each term of a fill is the venue's, whether a frame or the list of trades told of it."""
    script = pushed(accepted()) if told == "pushed" else listed(accepted())
    assert found(booked(script, **{name: wrong})) == [f"{name} of a fill is not the venue's"]


def test_quantity_is_the_venues() -> None:
    """A fill has its trade's quantity, neither more nor less."""
    for quantity in ("0.009", "0.011"):
        for script in (pushed(accepted()), listed(accepted())):
            assert found(booked(script, quantity=quantity)) == ["last_qty of a fill is not the venue's"]


@pytest.mark.parametrize("maker", [True, False])
def test_maker_is_maker(maker: bool) -> None:
    """`m` and `maker` say on which side of the book the order was."""
    liquidity = "MAKER" if maker else "TAKER"
    assert found(booked(pushed(accepted(), m=maker), liquidity=liquidity)) == []
    assert found(booked(listed(accepted(), maker=maker), liquidity=liquidity)) == []


@pytest.mark.parametrize(
    "other",
    [
        {"n": None, "N": None},
        {"n": "0", "N": "USDT"},
        {"n": "abc"},
        {"n": ""},
        {"L": None},
        {"L": "abc"},
        {"L": "NaN"},
        {"L": "Infinity"},
        {"l": None},
        {"l": "abc"},
        {"l": "1E-2"},
        {"l": ["0.01"]},
        {"S": None},
        {"m": None},
        {"m": "false"},
    ],
)
def test_what_the_venue_leaves_out_or_garbles_is_compared_with_nothing(other: dict[str, Any]) -> None:
    """A trade without commission has none; what cannot be read says nothing, and breaks nothing of ours."""
    fill = {"commission": None} if other.get("n") == "0" else {}
    assert found(booked(pushed(accepted(), **other), **fill)) == []


def test_only_what_was_told_by_then_is_compared() -> None:
    """A fill that was booked on TRADE_LITE cannot have the commission that the venue told afterwards."""
    script = booked(accepted().frame(LITE), commission="0.25")
    assert found(deepcopy(script)) == []
    assert found(pushed(script)) == []
    wrong = booked(accepted().frame(LITE), last_px="50000.10")
    assert found(wrong) == ["last_px of a fill is not the venue's"]


def test_commission_may_be_taken_in_another_asset() -> None:
    """Commission in BNB is booked in BNB."""
    script = pushed(accepted(), n="0.0003", N="BNB")
    assert found(booked(deepcopy(script), commission="0.00030000", commission_currency="BNB")) == []
    assert found(booked(script, commission="0.0003")) == ["commission_currency of a fill is not the venue's"]


def test_fill_rests_on_a_trade() -> None:
    """A fill under an id that the trader was never told is one of no trade; 0 and none are no ids."""
    for trade in ("2", "0", "None"):
        assert RESTS_ON_NONE in found(booked(pushed(accepted()), trade))
    assert found(booked(listed(accepted()))) == []
    assert found(booked(listed(accepted(), "suite"))) == [RESTS_ON_NONE]


@pytest.mark.parametrize(("trade", "reconciliation"), [("ALGO-4001", False), ("c0ffee", True)])
def test_fill_that_stands_for_what_is_not_known_needs_no_trade(trade: str, reconciliation: bool) -> None:
    """Reconciliation's own fills and the stand-ins of algo orders are for other invariants to judge."""
    script = booked(accepted(), trade, reconciliation=reconciliation)
    assert found(deepcopy(script)) == []
    # The trade that it stands for comes late: it is the same quantity, and is not booked again.
    assert found(pushed(deepcopy(script))) == []
    assert found(pushed(script, l="0.02")) == [MISSED]


def test_stand_in_of_one_order_is_none_of_another() -> None:
    """A fill made up for one order stands for no trade of the other."""
    script = booked(accepted("T-2", accepted()), "c0ffee", order="T-2", reconciliation=True)
    assert found(pushed(script)) == [MISSED]


def test_every_trade_is_booked() -> None:
    """A trade that was pushed to the trader and is not among its fills was missed, also the second one of an order."""
    assert found(pushed(accepted())) == [MISSED]
    script = booked(pushed(accepted(), l="0.005"), quantity="0.005")
    assert found(deepcopy(script)) == []
    assert found(pushed(script, 2, l="0.005")) == [MISSED]


@pytest.mark.parametrize(
    ("order", "other"),
    [
        ("T-1", {"l": None}),
        ("T-1", {"l": "abc"}),
        ("T-1", {"l": "0"}),
        ("T-1", {"t": 0}),
        ("T-1", {"t": ""}),
    ],
)
def test_what_is_no_trade_need_not_be_booked(order: str, other: dict[str, Any]) -> None:
    """Frames that tell of no trade."""
    assert found(pushed(accepted(), order=order, **other)) == []


def test_liquidation_is_booked_as_made() -> None:
    """The venue's own order closes the position; what the trader books of it is what the venue said."""
    script = pushed(Scripted(), order="autoclose-1", x="CALCULATED", S="SELL")
    assert found(booked(deepcopy(script), order="autoclose-1", side="SELL")) == []
    assert found(booked(script, order="autoclose-1")) == ["side of a fill is not the venue's"]


def test_prefixed_id_is_the_orders() -> None:
    """A broker's prefix on the wire is no part of the id, a run's mark is."""
    name = "LMT-010-1.k3f9x1"
    script = pushed(accepted(name), order=f"x-aHRE4BCj-R{name}")
    assert found(deepcopy(script)) == [MISSED]
    assert found(booked(script, order=name)) == []


def test_trade_is_booked_to_its_order() -> None:
    """A trade that is booked to another order than the venue's is in the wrong place."""
    script = pushed(accepted("T-2", accepted()))
    assert found(booked(script, order="T-2")) == ["a trade was booked to another order"]
    # Orders of others are called as the trader pleases.
    assert found(booked(pushed(Scripted(), order="EARLIER-ENTRY"), order="EXTERNAL-7")) == []


def test_lost_trade_was_not_told() -> None:
    """What a fault kept from the trader is no frame of the history: it need not be booked, and cannot be."""
    script = accepted()
    event = {"e": "ORDER_TRADE_UPDATE", "o": {"c": "T-1", "X": "FILLED", "t": 1, **PUSHED}}
    script.history.append(FaultApplied(what="lose", event="ORDER_TRADE_UPDATE", connection=1, after=0, data=event))
    assert found(deepcopy(script)) == []
    assert found(booked(script)) == [RESTS_ON_NONE]


@pytest.mark.parametrize(
    ("after", "missed"),
    [
        (lambda script: script.command("stop").command("start", n=2, config={}), False),
        (lambda script: script.command("kill"), False),
        (lambda script: script.stream(1, "closed"), False),
        (lambda script: script.stream(2, "closed"), True),
        (lambda script: script.event("OrderUpdated").command("stop"), True),
        (lambda script: script.snapshot("venue").stream(1, "closed"), True),
        (lambda script: script.command("cancel", client_order_id="T-1"), True),
    ],
)
def test_trade_in_the_last_moment_may_be_missed(after: Any, missed: bool) -> None:
    """Where the trader or its connection ends right upon a frame, nobody can say whether it was read."""
    assert found(after(pushed(accepted().stream(1)))) == ([MISSED] if missed else [])


def restarted(*, cache: str | None = None) -> Scripted:
    """A trader whose connection 1 is told of a trade that it books, and a second one on connection 2."""
    script = Scripted().command("start", n=1, config={"cache_database": cache}).stream(1)
    script = booked(pushed(accepted(script=script)), trader=1)
    return script.command("stop").command("start", n=2, config={"cache_database": cache}).event("-", trader=2)


def test_second_trader_books_what_it_is_told() -> None:
    """A trader that begins anew has none of its predecessor's fills; one that goes on with its cache has them all."""

    def told_again(script: Scripted) -> Scripted:
        order = {"c": "T-1", "X": "FILLED", "t": 1, **PUSHED}
        script.stream(2)
        event = {"e": "ORDER_TRADE_UPDATE", "o": order}
        script.history.append(Frame(connection=2, channel="user", data=event))
        return script

    assert found(restarted()) == []
    assert found(told_again(restarted())) == [MISSED]
    assert found(booked(told_again(restarted()), trader=2)) == []
    assert found(told_again(restarted(cache="127.0.0.1:1"))) == []


def test_frame_on_the_first_traders_connection_is_not_the_second_ones() -> None:
    """What still comes on the connection of a trader that has another after it was told to the first."""
    assert found(pushed(restarted())) == []


def made_up(script: Scripted, **fields: Any) -> Scripted:
    """Append a fill that reconciliation has made up."""
    return booked(script, "c0ffee", reconciliation=True, **fields)


def asked_for(script: Scripted, **row: Any) -> Scripted:
    """The trader asks for its order and is told what it has filled."""
    told = {"orderId": 7, "clientOrderId": "T-1", "status": "FILLED", "executedQty": "0.010", **row}
    return script.request("GET /fapi/v1/order", orderId="7").answer(200, told)


def test_fill_that_was_made_up_has_the_venues_price() -> None:
    """Where the venue told only what the order has filled, its average price is the fill's."""
    told = asked_for(accepted(), avgPrice="50000.00001")
    assert found(made_up(deepcopy(told))) == []
    assert found(made_up(deepcopy(told), last_px="49000")) == ["last_px of a fill is not the venue's"]
    # Of an order that had filled before, the average says nothing of its last fill.
    second = booked(pushed(asked_for(accepted(), avgPrice="49500"), l="0.005"), quantity="0.005")
    assert found(made_up(second, quantity="0.005", last_px="49000")) == []
    # A stop's average stands in its own event.
    stop = {"e": "ALGO_UPDATE", "o": {"caid": "T-1", "aid": 4001, "X": "FINISHED", "aq": "0.01", "ap": "50000"}}
    assert found(booked(accepted().frame(stop), "ALGO-4001")) == []
    assert found(booked(accepted().frame(stop), "ALGO-4001", last_px="0.1")) == ["last_px of a fill is not the venue's"]


def test_no_fill_is_for_nothing() -> None:
    """A fill that was made up from a position has a price, too."""
    assert found(made_up(Scripted(), last_px="0")) == ["a fill has no price"]


def test_fill_has_the_trade_id_that_the_venue_told() -> None:
    """Where the venue had told of a trade that is not booked, no other id stands for it."""
    other = "a fill has another trade id than the venue's"
    assert found(made_up(pushed(accepted()))) == [other]
    assert found(made_up(listed(asked_for(accepted())))) == [other]
    assert found(made_up(booked(pushed(accepted(), l="0.005"), quantity="0.005"), quantity="0.005")) == []


def of_others(order: str = "EARLIER-ENTRY", **other: Any) -> Scripted:
    """A trade of an order that the trader did not submit, on its own user stream."""
    return pushed(accepted(), order=order, s="BTCUSDT", **other).event("-")


@pytest.mark.parametrize("order", ["EARLIER-ENTRY", "autoclose-1700000000000", ""])
def test_trades_of_others_are_booked_too(order: str) -> None:
    """They make the trader's position: under whatever order it books them, by an event or in its books alone."""
    assert found(of_others(order)) == [MISSED]
    assert found(booked(of_others(order), order=order)) == []
    row = {"client_order_id": "EXTERNAL-1", "trade_ids": ["1"]}
    assert found(of_others(order).snapshot("trader", orders=[row])) == []
    stand_in = {"order": "EXTERNAL-1", "symbol": "BTCUSDT", "reconciliation": True}
    assert MISSED not in found(booked(of_others(order), "c0ffee", **stand_in))
    assert MISSED in found(booked(of_others(order), "c0ffee", **{**stand_in, "symbol": "ETHUSDT"}))


def test_trader_that_leaves_out_others_misses_none_of_theirs() -> None:
    """Where the case declares that positions differ, the trader was told to."""
    script = of_others()
    script.history.append(Declared(difference=POSITION, why="filtered"))
    assert found(script) == []


def test_trade_id_counts_for_its_symbol() -> None:
    """Trades of two symbols may have one id: each fill is compared with the trade of its own symbol."""
    script = pushed(accepted("T-2", accepted()), s="BTCUSDT")
    pushed(script, order="T-2", i=8, s="ETHUSDT", S="SELL", L="2500")
    booked(script, symbol="BTCUSDT")
    assert found(booked(script, order="T-2", symbol="ETHUSDT", side="SELL", last_px="2500.00")) == []
    other = "a fill has another trade id than the venue's"
    assert found(booked(pushed(accepted(), s="ETHUSDT"), symbol="BTCUSDT")) == [RESTS_ON_NONE, other]


@pytest.mark.parametrize("shown", [True, False])
def test_trade_of_another_symbol_by_the_same_id_stands_for_none(shown: bool) -> None:
    """A trade that was dropped is missed, though one of another symbol by its id is booked, or shown in the books."""
    script = pushed(accepted("T-2"), order="T-2", i=8, s="ETHUSDT")
    if shown:
        script.snapshot("trader", orders=[{"client_order_id": "T-2", "symbol": "ETHUSDT", "trade_ids": ["1"]}])
    else:
        booked(script, order="T-2", symbol="ETHUSDT")
    assert found(deepcopy(script)) == []
    pushed(accepted(script=script), s="BTCUSDT")
    assert found(deepcopy(script)) == [MISSED]
    assert found(booked(script, symbol="BTCUSDT")) == []


def test_fill_that_was_made_up_has_no_trade_id_of_another_symbol() -> None:
    """Reconciliation may make up an id; one that the venue gave to a trade of another symbol is none of its own."""
    script = pushed(accepted("T-2"), order="T-2", i=8, s="ETHUSDT")
    booked(accepted(script=script), order="T-2", symbol="ETHUSDT")
    borrowed = booked(deepcopy(script), symbol="BTCUSDT", reconciliation=True)
    assert found(borrowed) == ["a fill has the trade id of another symbol"]
    assert found(booked(pushed(script, s="BTCUSDT"), symbol="BTCUSDT", reconciliation=True)) == []


def test_fill_that_was_made_up_has_its_own_symbols_trade_id() -> None:
    """That another symbol's trade of the same id is booked excuses no made-up id."""
    script = booked(pushed(accepted("T-2"), order="T-2", i=8, s="ETHUSDT"), order="T-2", symbol="ETHUSDT")
    pushed(accepted(script=script), s="BTCUSDT")
    assert found(made_up(script, symbol="BTCUSDT")) == ["a fill has another trade id than the venue's"]
