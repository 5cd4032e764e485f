"""The hub: all stream connections, what each listens to, and what each therefore gets (sections 1 and 8)."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from conformance.simulator.clock import Clock
from conformance.simulator.events.account import listen_key_expired
from conformance.simulator.events.bus import Event
from conformance.simulator.numbers import compact
from conformance.simulator.options import Options
from conformance.simulator.streams.connection import Connection, is_market_stream
from conformance.simulator.streams.listen_keys import ListenKeys

METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "GET_PROPERTY", "SET_PROPERTY")


class Hub:
    """Routes user events and market frames to connections."""

    def __init__(self, clock: Clock, options: Options, listen_keys: ListenKeys) -> None:
        self._clock = clock
        self._options = options
        self._listen_keys = listen_keys
        listen_keys.on_expiry = self._expired
        self.connections: set[Connection] = set()
        self._greetings: list[str] = []
        self.on_market_change: Callable[[], None] = lambda: None
        """Called when the set of market streams listened to has changed."""
        self.on_market_subscribe: Callable[[Connection, str], None] = lambda _, __: None
        """Called with every market stream that a connection starts to listen to."""

    def open(self, connection: Connection, names: list[str], events: frozenset[str] | None) -> None:
        """Take a connection in, listening to `names` from the start."""
        self.connections.add(connection)
        for name in names:
            self._listen(connection, name, events)
        self.on_market_change()
        self._greet(connection, list(connection.streams))

    def close(self, connection: Connection) -> None:
        """Forget a connection."""
        self.connections.discard(connection)
        self.on_market_change()

    def close_user_streams(self, code: int = 1006, reason: str = "") -> None:
        """Disconnect every connection that listens to user data."""
        for connection in list(self.connections):
            if connection.listen_keys:
                connection.disconnect(code, reason)

    def _listen(self, connection: Connection, name: str, events: frozenset[str] | None = None) -> None:
        if is_market_stream(name):
            connection.streams[name] = True
        else:
            connection.listen_keys[name] = events

    # --- user data

    def deliver(self, event: Event) -> None:
        """Send a user event to every connection that listens with the active key on a route that carries it."""
        key = self._listen_keys.active
        if key is not None:
            self._send(key, event)

    def _send(self, key: str, event: Event) -> None:
        text: str | None = None
        for connection in list(self.connections):
            if key not in connection.listen_keys or not self._carries(connection, key):
                continue
            wanted = connection.listen_keys[key]
            if wanted is not None and event["e"] not in wanted:
                continue
            text = compact(event) if text is None else text
            connection.push(key, text)

    def _carries(self, connection: Connection, name: str) -> bool:
        return connection.carries(name, lenient=self._options.lenient_routes)

    def listening(self) -> Iterator[tuple[Connection, str]]:
        """Yield every connection with each market stream that it listens to on a route that has it."""
        for connection in list(self.connections):
            for name in connection.streams:
                if self._carries(connection, name):
                    yield connection, name

    def _expired(self, key: str) -> None:
        self._send(key, listen_key_expired(key, self._clock.now_ms()))

    # --- requests of the client on the stream

    def receive(self, connection: Connection, text: str) -> None:
        """Answer a frame that a client sent; what is no request gets an error, too many a second a disconnect."""
        if self._too_many(connection):
            connection.disconnect(1008, "Too many requests")
            return
        try:
            request = json.loads(text, parse_int=_bounded_int)
        except (ValueError, RecursionError):
            connection.send(compact({"error": {"code": 3, "msg": "Invalid JSON: expected value at line 1 column 1"}}))
            return
        self._greetings = []
        connection.send(compact(self._answer(connection, request)))
        self._greet(connection, self._greetings)

    def _greet(self, connection: Connection, names: list[str]) -> None:
        for name in names:
            if self._carries(connection, name):
                self.on_market_subscribe(connection, name)

    def _too_many(self, connection: Connection) -> bool:
        """Count a message against the limit of section 8; in wall time, as connections live in it."""
        most = self._options.stream_messages_per_s
        if not most:
            return False
        now_s = time.monotonic()
        times = connection.message_times
        times.append(now_s)
        while times and times[0] <= now_s - 1.0:
            times.popleft()
        return len(times) > most

    def _answer(self, connection: Connection, request: Any) -> dict[str, Any]:
        if not isinstance(request, dict):
            return {"error": {"code": 3, "msg": "Invalid JSON: expected an object"}}
        identity = request.get("id")
        method = request.get("method")
        params = request.get("params", [])
        if method not in METHODS:
            known = ", ".join(METHODS)
            return _refused(
                2, f"Invalid request: unknown variant {str(method)[:40]!r}, expected one of {known}", identity
            )
        if isinstance(identity, float | list | dict | bool):
            return _refused(2, "Invalid request: request ID must be an unsigned integer or a string", None)
        if method == "LIST_SUBSCRIPTIONS":
            return {"result": [*connection.listen_keys, *connection.streams], "id": identity}
        if method in ("GET_PROPERTY", "SET_PROPERTY"):
            return self._property(connection, method, params, identity)
        if not isinstance(params, list) or not all(isinstance(name, str) and name for name in params):
            return _refused(2, "Invalid request: params must be an array of stream names", identity)
        if len(connection.streams) + len(connection.listen_keys) + len(params) > self._options.streams_per_connection:
            return _refused(2, "Invalid request: too many subscriptions", identity)
        fresh = [name for name in params if name not in connection.streams]
        for name in params:
            if method == "SUBSCRIBE":
                self._listen(connection, name)
            else:
                connection.listen_keys.pop(name, None)
                connection.streams.pop(name, None)
        self.on_market_change()
        if method == "SUBSCRIBE":
            self._greetings = [name for name in fresh if name in connection.streams]
        return {"result": None, "id": identity}

    def _property(self, connection: Connection, method: str, params: Any, identity: Any) -> dict[str, Any]:
        if not isinstance(params, list) or not params or params[0] != "combined":
            return _refused(2, "Invalid request: unknown property", identity)
        if method == "GET_PROPERTY":
            return {"result": connection.combined, "id": identity}
        if len(params) != 2 or not isinstance(params[1], bool):
            return _refused(2, "Invalid request: property 'combined' takes true or false", identity)
        connection.combined = params[1]
        return {"result": None, "id": identity}


def _refused(code: int, message: str, identity: Any) -> dict[str, Any]:
    return {"error": {"code": code, "msg": message}, "id": identity}


def _bounded_int(text: str) -> int | str:
    return int(text) if len(text) <= 19 else text
