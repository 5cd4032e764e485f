"""What a strategy is to do in its handlers: when it is due, whose it is, and what could never be done."""

import importlib
import sys
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, patch

import pytest

from conformance.history.silent import SILENT
from conformance.subject import child
from conformance.subject.child import protocol
from conformance.subject.child.blame import Misuse
from conformance.subject.child.handlers import Handlers

OURS, OTHERS = "CASE-001", "CASE-002"
DO = {"op": "cancel_all", "symbol": "BTCUSDT"}
#: All operations that start, stop or only look.
NOT_OF_A_HANDLER = SILENT | {"start", "when", "resume", "stop", "kill"}


def told(name: str, strategy: str = OURS, **fields: Any) -> Any:
    """Return a native event of that name."""
    return type(name, (SimpleNamespace,), {})(strategy_id=strategy, **fields)


def armed(event: str = "OrderFilled", of: str | None = None, do: dict[str, Any] = DO) -> Handlers:
    """Return handlers of which one is to act."""
    handlers = Handlers()
    handlers.add(event, of, do, 1, OURS, by=7)
    return handlers


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            "OrderFiled",
            "no strategy is told of that; the nearest is OrderFilled; there are OrderInitialized, .*, Resumed$",
        ),
        ("AccountState", "no strategy is told of that; there are OrderInitialized, "),
    ],
)
def test_event_that_never_comes_is_refused(event: str, said: str) -> None:
    """A handler that could never act is the suite's mistake; the nearest name is told, and all that there are."""
    with pytest.raises(Misuse, match=said):
        armed(event)


def test_every_command_that_acts_has_a_place_in_a_handler() -> None:
    """Whatever the protocol has and neither starts, stops nor only looks can be armed; the others are refused."""
    for op in protocol.OPERATIONS:
        if op in NOT_OF_A_HANDLER:
            with pytest.raises(Misuse, match=f"'{op}' is no command of a handler"):
                armed(do={"op": op})
        else:
            assert [act.op for act in armed(do={"op": op}).due(told("OrderFilled"))] == [op]


def test_handler_commands_its_own_strategy_alone() -> None:
    """A command for another strategy is refused when it is armed, not in the handler where nobody sees it."""
    with pytest.raises(Misuse, match="cancel_all for strategy 2"):
        armed(do={**DO, "strategy": 2})


@pytest.mark.parametrize("event", ["QuoteTick", "TradeTick", "MarkPriceUpdate", "TimeEvent", "Started", "Resumed"])
def test_price_alert_or_beginning_is_due_to_the_strategy_that_is_told(event: str) -> None:
    """It does not say whose it is: what counts is which strategy was told, and nobody acts on what another hears."""
    handlers = armed(event)
    tick = type(event, (SimpleNamespace,), {})()
    assert handlers.wait_for(tick)
    assert not handlers.wait_for(told("OrderFilled"))
    assert handlers.due(tick, OTHERS) == []
    assert [act.event for act in handlers.due(tick, OURS)] == [event]
    assert handlers.due(tick, OURS) == []


@pytest.mark.parametrize("names", ["opening_order_id", "closing_order_id"])
def test_event_of_a_position_is_of_the_orders_that_opened_and_closed_it(names: str) -> None:
    """It has no client order id of its own."""
    handlers = armed("PositionClosed", of="MINE")
    assert handlers.due(told("PositionClosed", **{names: "ANOTHER"})) == []
    assert len(handlers.due(told("PositionClosed", **{names: "MINE"}))) == 1


def test_act_is_due_once_for_the_event_of_the_strategy_that_asked() -> None:
    """The same event of another strategy, or another one of its own, is not waited for."""
    handlers = armed(of="MINE")
    assert handlers.due(told("OrderFilled", OTHERS, client_order_id="MINE")) == []
    assert handlers.due(told("OrderAccepted", client_order_id="MINE")) == []
    assert handlers.due(told("OrderFilled", client_order_id="ANOTHER")) == []
    assert len(handlers.due(told("OrderFilled", client_order_id="MINE"))) == 1
    assert handlers.due(told("OrderFilled", client_order_id="MINE")) == []


def a_trader() -> Any:
    """Return a trader of no generation, still to be given its strategies."""
    with patch.dict(sys.modules, {"nautilus_trader": MagicMock()}), patch.dict(vars(child)):
        kind = importlib.import_module("conformance.subject.child.trader").AnyTrader
    with patch.object(kind, "__abstractmethods__", frozenset()):
        return kind(lambda _: None, lambda *_: None)


def test_what_is_done_at_the_start_is_a_setting() -> None:
    """A command gets to a strategy only when that has been started: it would wait for what is over."""
    trader = a_trader()
    trader._strategy = "first"
    with pytest.raises(Misuse, match=r"when Started: it has been; .* \(at_start\)"):
        trader.when("Started", DO)


def test_strategy_acts_on_its_resume_where_it_has_the_handler() -> None:
    """Without one it goes on as NautilusTrader's own does: nothing would be carried out."""
    trader = a_trader()
    trader._strategy, trader._settings = "first", SimpleNamespace(on_resume=False)
    with pytest.raises(Misuse, match="when Resumed: the strategy has no on_resume: start it with on_resume = true"):
        trader.when("Resumed", DO)


def test_commands_go_where_they_went_before_a_handler_acted() -> None:
    """A handler may act within a command of its strategy: what is left of the command is that strategy's still."""
    trader = a_trader()
    first, second = trader._strategies = ["first", "second"]
    trader._strategy = first

    with trader.commanding(2):
        with trader.commanding(1):
            assert trader._strategy == first
        assert trader._strategy == second
    assert trader._strategy == first


def test_handler_fails_where_it_is_told_to() -> None:
    """The error leaves the handler once its event is told, as a mistake in a strategy does; it is no note beside it."""
    with patch.dict(sys.modules, {"nautilus_trader": MagicMock()}), patch.dict(vars(child)):
        kind = importlib.import_module("conformance.subject.child.trader").AnyTrader
    lines: list[Any] = []
    notes: list[str] = []
    with patch.object(kind, "__abstractmethods__", frozenset()):
        trader = kind(lines.append, lambda text, _: notes.append(text))
    trader._strategies, trader._strategy = [OURS], OURS
    with patch.object(kind, "_id_of", lambda _, strategy: strategy):
        trader.when("OrderAccepted", {"op": "fail"})

    with pytest.raises(Misuse, match="an error in a strategy's handler"):
        trader._act_on(told("OrderAccepted", client_order_id="A-1"), lambda: {"event": "OrderAccepted"})

    assert [line["event"] for line in lines] == ["OrderAccepted"]
    assert notes == []
