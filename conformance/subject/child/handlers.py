"""What a strategy does in its handlers: commands that are carried out inside the call that tells it of an event."""

from dataclasses import dataclass
from typing import Any

from .blame import Misuse

#: What strategies do in their handlers; whatever starts, stops or only looks has no place there.
_COMMANDS = (
    "submit",
    "submit_list",
    "bracket",
    "one_triggers_other",
    "modify",
    "modify_batch",
    "cancel",
    "cancel_all",
    "cancel_batch",
    "close_position",
    "close_all_positions",
    "market_exit",
    "query_order",
    "query_account",
)


@dataclass(frozen=True)
class Act:
    """A command, with its arguments, for one strategy by number, to be carried out once an event is told."""

    event: str
    of: str | None
    op: str
    arguments: dict[str, Any]
    strategy: int

    def is_due(self, event: Any) -> bool:
        """Whether this is the event: of that name and, where one was given, of that order."""
        order = getattr(event, "client_order_id", None)
        return type(event).__name__ == self.event and self.of in (None, str(order))


class Handlers:
    """The acts that are still to be done, each once."""

    def __init__(self) -> None:
        self._acts: list[Act] = []

    def add(self, event: str, of: str | None, do: dict[str, Any], strategy: int) -> None:
        """Have a command, its `op` beside its arguments, done when the event is told."""
        arguments = dict(do)
        op = arguments.pop("op", None)
        if op not in _COMMANDS:
            raise Misuse(f"when {event}: {op!r} is no command of a handler; there are {', '.join(_COMMANDS)}")
        self._acts.append(Act(event, of, op, arguments, strategy))

    def due(self, event: Any) -> list[Act]:
        """Return what is to be done now, which is then done no more."""
        due = [act for act in self._acts if act.is_due(event)]
        self._acts = [act for act in self._acts if act not in due]
        return due
