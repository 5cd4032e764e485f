"""One stream connection as the venue sees it: where it was opened, what it listens to, how to reach it."""

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Route = Literal["private", "public", "market", "unrouted"]
_PUBLIC = re.compile(r"(.+@|!)(bookTicker|depth|rpiDepth)(\d+)?(@.*)?", re.IGNORECASE)
_TRADE = re.compile(r".+@trade", re.IGNORECASE)


def is_market_stream(name: str) -> bool:
    """Return whether a stream name is one of market data, and no listen key."""
    return "@" in name or name.startswith("!")


def routes_of(name: str) -> tuple[Route, ...]:
    """Return the routes on which a stream comes, as the Connect page lists them; an unrouted URL is a public one.

    `trade` stands in no list; clients ask for it on either [COMM].
    """
    if not is_market_stream(name):
        return ("private",)
    if _PUBLIC.fullmatch(name):
        return ("public", "unrouted")
    return ("market", "public", "unrouted") if _TRADE.fullmatch(name) else ("market",)


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

    def carries(self, name: str, *, lenient: bool) -> bool:
        """Return whether this connection's route has the stream; on another it connects and stays silent.

        `lenient`: as on the testnet, where market streams come on any route and user data on unrouted ones too.
        """
        if self.route in routes_of(name):
            return True
        return lenient and (is_market_stream(name) or self.route == "unrouted")

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
