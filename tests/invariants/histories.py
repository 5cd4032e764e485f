"""Histories written by hand, in few words, for the tests of checks."""

from typing import Any, Literal

from conformance.history.entries import Answer, By, Command, Connection, Event, Frame, Request, Snapshot, Who
from conformance.history.history import History


class Scripted:
    """A history whose clock advances by one millisecond a record."""

    def __init__(self) -> None:
        self._now_ns = 0
        self.history = History(clock=self._tick)
        self._requests = 0
        self._by: By = "trader"

    def _tick(self) -> int:
        self._now_ns += 1_000_000
        return self._now_ns

    def wait(self, seconds: float) -> "Scripted":
        self._now_ns += int(seconds * 1e9)
        return self

    def event(self, name: str, order: str = "T-1", **fields: Any) -> "Scripted":
        self.history.append(Event.of({"event": name, "client_order_id": order, **fields}))
        return self

    def fill(self, trade: str, quantity: str, *, of: str, filled: str, order: str = "T-1", **fields: Any) -> "Scripted":
        status = "FILLED" if filled == of else "PARTIALLY_FILLED"
        return self.event(
            "OrderFilled",
            order,
            trade_id=trade,
            last_qty=quantity,
            quantity=of,
            filled_qty=filled,
            status=status,
            **fields,
        )

    def request(
        self,
        route: str,
        by: By = "trader",
        signature: Literal["absent", "unverified", "valid", "invalid"] = "valid",
        skew_ms: int | None = 1,
        channel: Literal["http", "ws-api"] = "http",
        **params: str,
    ) -> "Scripted":
        self._requests += 1
        self._by = by
        method, path = route.split()
        self.history.append(
            Request(
                id=self._requests,
                channel=channel,
                by=by,
                method=method,
                path=path,
                params=params,
                signature=signature,
                skew_ms=skew_ms,
            )
        )
        return self

    def answer(self, status: int = 200, body: Any = None, **headers: str) -> "Scripted":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.history.append(Answer(to=self._requests, by=self._by, status=status, body=body, headers=named))
        return self

    def dropped(self) -> "Scripted":
        self.history.append(Answer(to=self._requests, by=self._by, ended="dropped"))
        return self

    def frame(self, data: dict[str, Any]) -> "Scripted":
        self.history.append(Frame(connection=1, channel="user", data=data))
        return self

    def order_frame(self, status: str, order: str = "T-1", trade: int = 0, **fields: Any) -> "Scripted":
        told = {"c": order, "X": status, "x": status, "t": trade, **fields}
        return self.frame({"e": "ORDER_TRADE_UPDATE", "o": told})

    def command(self, op: str, **arguments: Any) -> "Scripted":
        self.history.append(Command.of({"n": 1, "op": op, **arguments}))
        return self

    def stream(self, number: int, state: Literal["open", "closed"] = "open") -> "Scripted":
        self.history.append(Connection(id=number, channel="user", path="/private/ws", state=state))
        return self

    def snapshot(self, who: Who, **books: Any) -> "Scripted":
        self.history.append(Snapshot.of(who, books))
        return self
