"""A trader whose node is a script: it remembers its commands, and shows the books that a test has put into it."""

import asyncio
from typing import Any

from conformance.history.entries import Entry, Event
from conformance.history.history import History


class ScriptedLink:
    """The part of a trader's link that a case uses. `books` may change while somebody waits for it."""

    def __init__(self, **books: Any) -> None:
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.books: dict[str, Any] = {"orders": [], "positions": [], "balances": [], **books}
        self.asked = 0

    async def command(self, op: str, *, within_s: float = 5.0, **arguments: Any) -> dict[str, Any]:
        """Take note of the command; a snapshot is answered with the books as they are."""
        if op != "snapshot":
            self.commands.append((op, arguments))
            return {"ok": True}
        self.asked += 1
        return dict(self.books)


def soon(history: History, *entries: Entry) -> None:
    """Append entries once whoever waits has begun to."""

    def append() -> None:
        for entry in entries:
            history.append(entry)

    asyncio.get_running_loop().call_soon(append)


def order_event(name: str, order: str = "CASE-010-1", **fields: Any) -> Event:
    """Return a trader's event about an order."""
    return Event(name=name, client_order_id=order, **fields)


class Saying:
    """A barrier that says something each time: what a trader does meanwhile is in the history before it returns."""

    def __init__(self, history: History, *entries: Entry) -> None:
        self._history = history
        self._entries = list(entries)
        self.rounds = 0

    async def __call__(self) -> None:
        """Append the next entry, if there is one left."""
        self.rounds += 1
        if self._entries:
            self._history.append(self._entries.pop(0))
        await asyncio.sleep(0)
