"""What a strategy does in its handlers: commands that are carried out inside the call that tells it of an event."""

from dataclasses import dataclass
from typing import Any

from .blame import Misuse
from .fields import nearest
from .protocol import OPERATIONS

#: What starts, stops or only looks, and what no strategy does: it has no place in a handler.
_NOT_OF_A_HANDLER = frozenset(
    {
        "start",
        "snapshot",
        "instruments",
        "profits",
        "sums",
        "prices",
        "heard",
        "hear",
        "hear_no_more",
        "rung",
        "threads",
        "own_book",
        "names",
        "readouts",
        "untrue_answers",
        "untrue_relations",
        "shipped",
        "busy",
        "purge",
        "configures",
        "set_trading_state",
        "resume",
        "when",
        "stop",
        "kill",
    }
)
#: What strategies do in their handlers.
_COMMANDS = tuple(op for op in OPERATIONS if op not in _NOT_OF_A_HANDLER)
EVENTS = (
    "OrderInitialized",
    "OrderDenied",
    "OrderEmulated",
    "OrderReleased",
    "OrderSubmitted",
    "OrderAccepted",
    "OrderRejected",
    "OrderTriggered",
    "OrderPendingUpdate",
    "OrderUpdated",
    "OrderModifyRejected",
    "OrderPendingCancel",
    "OrderCanceled",
    "OrderCancelRejected",
    "OrderExpired",
    "OrderFilled",
    "OrderFillVoided",
    "PositionOpened",
    "PositionChanged",
    "PositionAdjusted",
    "PositionClosed",
)
"""The events that strategies are told of, in either generation."""
#: What else strategies act on: prices that they have subscribed to, the clock, and that they go on.
_TOLD_BESIDES = ("QuoteTick", "TradeTick", "MarkPriceUpdate", "TimeEvent", "Resumed")
#: Where an event names the orders that it is about: one of a position those that opened and closed it. One of the clock
#: names the timer.
_ABOUT = ("client_order_id", "opening_order_id", "closing_order_id", "name")


@dataclass(frozen=True)
class Started:
    """That a strategy has been started: its `on_start` is called. `ts_event` is in UNIX nanoseconds."""

    ts_event: int


@dataclass(frozen=True)
class Resumed:
    """That a strategy which was stopped goes on: its `on_resume` is called. `ts_event` is in UNIX nanoseconds."""

    ts_event: int


@dataclass(frozen=True)
class Act:
    """A command, with its arguments, for one strategy by number, to be carried out once that is told an event.

    `armed_by` is the number of the command that asked for it.
    """

    event: str
    of: str | None
    op: str
    arguments: dict[str, Any]
    strategy: int
    strategy_id: str
    armed_by: int

    def is_due(self, event: Any, told: str) -> bool:
        """Whether this is the event: of that name, told to that strategy and, where one was given, of that order."""
        if type(event).__name__ != self.event or told != self.strategy_id:
            return False
        return self.of is None or self.of in {str(getattr(event, name, None)) for name in _ABOUT}


def command_of(do: dict[str, Any], where: str) -> tuple[str, dict[str, Any]]:
    """Return the `op` and the arguments of what a strategy is to do in a handler; raises `Misuse` for what none does.

    `where` is the handler, in the message.
    """
    arguments = dict(do)
    op = arguments.pop("op", None)
    if op not in _COMMANDS:
        raise Misuse(f"{where}: {op!r} is no command of a handler; there are {', '.join(_COMMANDS)}")
    if "strategy" in arguments:
        raise Misuse(f"{where}: {op} for strategy {arguments['strategy']}; a handler's commands are its own's")
    return op, arguments


class HandlerFailed(Misuse):
    """What a strategy's handler raises that is to fail; anywhere else it is a command that makes no sense."""


class Handlers:
    """The acts that are still to be done, each once."""

    def __init__(self) -> None:
        self._acts: list[Act] = []

    def add(self, event: str, of: str | None, do: dict[str, Any], strategy: int, strategy_id: str, *, by: int) -> None:
        """Have a command, its `op` beside its arguments, done when the strategy is told the event: command `by` asks.

        Raises `Misuse` for what would never be done: for an event that no strategy is told of, for no command of one.
        """
        if event not in (*EVENTS, *_TOLD_BESIDES, Started.__name__):
            like = nearest(event, (*EVENTS, *_TOLD_BESIDES))
            meant = "" if like is None else f"; the nearest is {like}"
            raise Misuse(
                f"when {event}: no strategy is told of that{meant}; there are {', '.join((*EVENTS, *_TOLD_BESIDES))}"
            )
        op, arguments = command_of(do, f"when {event}")
        self._acts.append(Act(event, of, op, arguments, strategy, strategy_id, by))

    def wait_for(self, event: Any) -> bool:
        """Whether anything is to be done at an event of this name."""
        return any(act.event == type(event).__name__ for act in self._acts)

    def due(self, event: Any, told: str | None = None) -> list[Act]:
        """Return what is to be done now, which is then done no more.

        `told` is the strategy that is told the event, where this does not say whose it is.
        """
        strategy_id = str(event.strategy_id) if told is None else told
        due = [act for act in self._acts if act.is_due(event, strategy_id)]
        self._acts = [act for act in self._acts if act not in due]
        return due
