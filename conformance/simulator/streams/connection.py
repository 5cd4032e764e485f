"""One stream connection as the venue sees it: where it was opened, what it listens to, how to reach it."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Route = Literal["private", "public", "market", "unrouted"]


@dataclass(slots=True, eq=False)
class Connection:
    """A client's connection. `combined` frames are wrapped as {"stream", "data"}."""

    route: Route
    combined: bool
    send: Callable[[str], None]
    disconnect: Callable[[int, str], None]
    listen_keys: dict[str, frozenset[str] | None] = field(default_factory=dict)
    """Listen keys by name, with the event types wanted, None for all."""
    streams: dict[str, Any] = field(default_factory=dict)
    """Market streams by name."""
    message_times: deque[float] = field(default_factory=deque)

    def push(self, stream: str, text: str) -> None:
        """Send an event that is already JSON text, wrapped where this connection's frames are."""
        self.send(f'{{"stream":{json.dumps(stream)},"data":{text}}}' if self.combined else text)


def parse_target(path: str, query: Mapping[str, str]) -> tuple[Route, bool, list[str], frozenset[str] | None] | None:
    """Read a stream URL: (route, combined, names listened to, event filter), or None where it is no stream URL.

    All access forms of section 1: `[/route]/ws[/<name>…]`, `[/route]/stream?streams=<name>/<name>`, and `listenKey`
    with `events` on either.
    """
    parts = [part for part in path.split("/") if part]
    route: Route = "unrouted"
    if parts and parts[0] in ("private", "public", "market"):
        route = parts.pop(0)  # type: ignore[assignment]
    if not parts:
        if route == "unrouted":
            return None
        parts = ["ws"]
    form, names = parts[0], parts[1:]
    if form not in ("ws", "stream"):
        return None
    names += [name for name in query.get("streams", "").split("/") if name]
    names += [name for name in query.get("listenKey", "").split("/") if name]
    events = frozenset(name for name in query.get("events", "").split("/") if name) or None
    return route, form == "stream", names, events
