"""Histories written by hand, in few words, for the tests of checks."""

from typing import Any

from conformance.history.history import History


class Scripted:
    """A history whose clock advances by one millisecond a record."""

    def __init__(self) -> None:
        self._now_ns = 0
        self.history = History(clock=self._tick)
        self._requests = 0

    def _tick(self) -> int:
        self._now_ns += 1_000_000
        return self._now_ns

    def wait(self, seconds: float) -> "Scripted":
        self._now_ns += int(seconds * 1e9)
        return self

    def event(self, name: str, order: str = "T-1", **fields: Any) -> "Scripted":
        self.history.append("event", event=name, client_order_id=order, **fields)
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
        by: str = "trader",
        signature: str = "valid",
        skew_ms: int | None = 1,
        channel: str = "http",
        **params: str,
    ) -> "Scripted":
        self._requests += 1
        method, path = route.split()
        self.history.append(
            "request",
            id=self._requests,
            channel=channel,
            by=by,
            method=method,
            path=path,
            params=params,
            signature=signature,
            skew_ms=skew_ms,
        )
        return self

    def answer(self, status: int = 200, body: Any = None, **headers: str) -> "Scripted":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.history.append("answer", to=self._requests, status=status, body=body, headers=named, source="venue")
        return self

    def dropped(self) -> "Scripted":
        self.history.append("answer", to=self._requests, dropped=True)
        return self

    def frame(self, data: dict[str, Any]) -> "Scripted":
        self.history.append("frame", connection=1, channel="user", direction="down", data=data, after=0)
        return self

    def order_frame(self, status: str, order: str = "T-1", trade: int = 0, **fields: Any) -> "Scripted":
        told = {"c": order, "X": status, "x": status, "t": trade, **fields}
        return self.frame({"e": "ORDER_TRADE_UPDATE", "o": told})

    def command(self, op: str, **arguments: Any) -> "Scripted":
        self.history.append("command", **{"n": 1, "op": op, **arguments})
        return self

    def stream(self, number: int, state: str = "open") -> "Scripted":
        self.history.append("connection", id=number, channel="user", path="/private/ws", state=state)
        return self

    def snapshot(self, who: str, **books: Any) -> "Scripted":
        self.history.append("snapshot", who=who, **{"orders": [], "positions": [], "balances": [], **books})
        return self
