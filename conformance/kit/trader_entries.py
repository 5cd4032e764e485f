"""What a trader is asked, does and says, written into the history of its case."""

from typing import Any

from conformance.gateway.trader_side import TraderSide
from conformance.history.entries import Command, Event, Note, Reply
from conformance.history.history import History
from conformance.subject.errors import SubjectDied


class TraderEntries:
    """Writes entries as a trader's link reports them, one link after another; `side` is what stands between."""

    def __init__(self, history: History, side: TraderSide) -> None:
        self.notes: list[str] = []
        """Errors of the suite's own code in the trader's process."""
        self._history = history
        self._side = side
        self._unwritten: set[int] = set()

    def on_event(self, event: dict[str, Any]) -> None:
        """Write an event of the trader's down, at the time it has."""
        for told in self._side.tells(event):
            self._history.append(Event.of(told), at_ns=told.get("ns"))

    def on_command(self, command: dict[str, Any]) -> None:
        """Write a command down, but for those that only look."""
        # What a snapshot showed is an entry of its own, and which prices a trader has seen concerns no requirement.
        if command["op"] in ("snapshot", "prices"):
            self._unwritten.add(command["n"])
        else:
            self._history.append(Command.of(command))

    def on_reply(self, reply: dict[str, Any]) -> None:
        """Write the reply to a command down, if the command was."""
        if reply["n"] not in self._unwritten:
            kept = {key: reply[key] for key in ("n", "ok", "error", "ns_called") if key in reply}
            self._history.append(Reply(**kept))

    def on_note(self, text: str) -> None:
        """Write down an error of the suite's own code."""
        self._history.append(Note(text=text))
        self.notes.append(text)

    def on_end(self, died: SubjectDied) -> None:
        """Write down that the process ended, which ends every wait."""
        self._history.append(Note(text=str(died)))
        self._history.end(died)
