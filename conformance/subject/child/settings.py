"""The start command's settings: where the trader connects to, and how it is configured.

The configuration is a profile's (`fixtures/profiles/`), resolved by the suite, and what the case asks for beyond it.
Nothing is set here but what keeps a trader quick to start and to stop: NautilusTrader's own default holds for every
native field that the start command does not name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from .blame import Misuse, Unsupported
from .fields import nearest
from .handlers import command_of

WS_API_PATH = "/ws-fapi/v1"
KEY_TYPES = ("hmac", "ed25519")
TRANSPORTS = ("http", "ws-api")
PRICES = ("quotes", "trades", "mark_prices")
AT_STOP = ("cancel", "close")
HEARS = ("fills", "cancels", "fills_topic", "cancels_topic", "handlers", "readings")

SECTIONS = ("client", "data_client", "exec_engine", "risk_engine", "cache", "node", "strategy")
"""The native configs of a trader: of the execution and the data client, the engines, the cache, the node and the
strategy."""

_MOST_STRATEGIES = 9

_INFLIGHT = {
    "interval_ms": "inflight_check_interval_ms",
    "threshold_ms": "inflight_check_threshold_ms",
    "retries": "inflight_check_retries",
}
_IN_ONE_WORD = {
    "max_retries": ("client", "max_retries"),
    "retry_delay_initial_ms": ("client", "retry_delay_initial_ms"),
    "retry_delay_max_ms": ("client", "retry_delay_max_ms"),
    "leverages": ("client", "futures_leverages"),
    "margin_types": ("client", "futures_margin_types"),
    "reconciliation": ("exec_engine", "reconciliation"),
}
"""What a case may set without naming the section that the native field is in."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One trader's settings; unknown names are refused with the known ones."""

    http_url: str
    stream_url: str
    """WebSocket base of the streams, without path; each version gets the path it expects appended."""
    ws_api_url: str
    testnet: bool = False
    key_type: str = "hmac"
    transport: str = "http"
    """What orders go over: `http`, or `ws-api`, which 1.x does not have."""
    trader_id: str = "TRADER-001"
    cache_database: str | None = None
    """`HOST:PORT` of a Redis that keeps the cache under `trader_id`: the next trader of that id starts on it (a warm
    restart). None keeps nothing."""
    log_level: str = "WARNING"
    timeout_connection_s: float = 10.0
    timeout_stop_s: float = 5.0
    post_stop_s: float = 0.0
    """How long a node that stops goes on hearing the venue once its strategies have stopped; 2.x takes whole seconds.
    NautilusTrader's own 10 s would be waited for in every case."""
    with_data_client: bool = False
    """Whether the node has a data client, or is execution-only."""
    subscribe: list[str] = field(default_factory=list)
    """Kinds of prices (`PRICES`) that the strategy subscribes to for each of `symbols`; the risk engine values orders
    by them. Needs a data client."""
    symbols: list[str] = field(default_factory=lambda: ["BTCUSDT"])
    external_order_claims: list[str] = field(default_factory=list)
    """Symbols whose orders of other clients the strategy claims as its own."""
    hedge: bool = False
    """Start natively in hedge mode: two positions a symbol, told apart by the orders' position ids."""
    strategies: int = 1
    """How many strategies trade on the node; a command's `strategy` says which of them it is for, the first unless
    given. Only the first has the claims and the subscriptions."""
    hears: list[str] = field(default_factory=list)
    """What the last strategy hears of others' orders, for each of `symbols`: their `fills` and `cancels` by its own
    subscriptions, or by the topics of the message bus (`fills_topic`, `cancels_topic`). With `handlers` it hears of its
    own orders and positions instead, in a handler of each event; with `readings` it notes what the cache says then."""
    twap: bool = False
    """Whether the node has NautilusTrader's own TWAP execution algorithm, which cuts market orders into slices."""
    at_start: list[dict[str, Any]] = field(default_factory=list)
    """Commands, each its `op` beside its arguments, that the first strategy carries out in its `on_start`."""
    on_resume: bool = False
    """Whether the strategies have an `on_resume`, in which a command can be armed (`when`, event `Resumed`)."""
    state: str | None = None
    """What the strategies' `on_save` writes down for the next session, each with its number before it. What their
    `on_load` is given is heard (`heard`)."""
    at_stop: list[str] = field(default_factory=list)
    """What the first strategy does in its `on_stop`, as most do, for each of `symbols`: `cancel`, `close`."""
    unawaited: bool = False
    """Whether the start is answered as soon as the node is on its way: of a trader that is stopped while it starts."""
    own_run: bool = False
    """Whether the node has the thread for itself, as in a script: in 2.x it hears signals in its own `run` alone."""
    ends_on_error: bool = False
    """Whether the node comes to its end by itself, the native way, after an error: 1.x after an exception in an engine
    (`graceful_shutdown_on_exception` of each), 2.x after whatever is logged as an error (`shutdown_on_error`)."""
    slices: bool = False
    """Whether the node has the suite's own execution algorithm, which sends one slice of an order ahead
    (`slices.py`)."""
    keep_alive_ms: int | None = None
    """Milliseconds between two keep-alives of the user stream, in place of the 5 to 30 minutes that are compiled in."""
    instruments_ms: int | None = None
    """Milliseconds between two updates of the instruments, in place of what the clients' configs have in minutes: 60 on
    1.x, whose data client alone asks again. 2.x takes whole seconds, at least one."""
    optional: list[str] = field(default_factory=list)
    """`section.field` of native fields that a version without them goes without; any other is refused."""
    client: dict[str, Any] = field(default_factory=dict)
    data_client: dict[str, Any] = field(default_factory=dict)
    exec_engine: dict[str, Any] = field(default_factory=dict)
    risk_engine: dict[str, Any] = field(default_factory=dict)
    cache: dict[str, Any] = field(default_factory=dict)
    """Of its database only how it is used: where it is says `cache_database`."""
    node: dict[str, Any] = field(default_factory=dict)
    strategy: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, allowed in (("key_type", KEY_TYPES), ("transport", TRANSPORTS)):
            if getattr(self, name) not in allowed:
                raise Misuse(f"{name} {getattr(self, name)!r}: allowed are {', '.join(allowed)}")
        if not 1 <= self.strategies <= _MOST_STRATEGIES:
            raise Misuse(f"strategies {self.strategies}: allowed are 1 to {_MOST_STRATEGIES}")
        for do in self.at_start:
            command_of(do, "at_start")
        if unknown := sorted(set(self.at_stop) - set(AT_STOP)):
            raise Misuse(f"at_stop: unknown {', '.join(unknown)}; known: {', '.join(AT_STOP)}")
        if unknown := sorted(set(self.hears) - set(HEARS)):
            raise Misuse(f"hears: unknown {', '.join(unknown)}; known: {', '.join(HEARS)}")
        if self._hears_of_its_own and len(self.hears) > 1:
            raise Misuse("hears: who hears by handlers of its own hears of no others' orders")
        if self.hears_of_others and self.strategies == 1:
            raise Misuse("hears: the last strategy hears of the others' orders: strategies = 2")
        if unknown := sorted(set(self.subscribe) - set(PRICES)):
            raise Misuse(f"subscribe: unknown {', '.join(unknown)}; known: {', '.join(PRICES)}")
        if self.subscribe and not self.with_data_client:
            raise Misuse(f"subscribe: {', '.join(self.subscribe)} need a data client: with_data_client = true")

    @property
    def hears_of_others(self) -> bool:
        """Whether the last strategy hears of others' orders."""
        return bool(self.hears) and not self._hears_of_its_own

    @property
    def _hears_of_its_own(self) -> bool:
        return "handlers" in self.hears or "readings" in self.hears

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Settings":
        """Return the settings that a start command carries."""
        given = dict(config)
        sections = {name: dict(given.get(name, {})) for name in SECTIONS}
        for word, (section, native) in _IN_ONE_WORD.items():
            if word in given:
                sections[section][native] = given.pop(word)
        if "inflight_check" in given:
            sections["exec_engine"] |= _inflight(given.pop("inflight_check"))
        if "use_ws_trading" in given:
            given["transport"] = "ws-api" if given.pop("use_ws_trading") else "http"
        known = [each.name for each in fields(cls)]
        unknown = sorted(set(given) - set(known))
        if unknown:
            words = [*known, *_IN_ONE_WORD, "inflight_check", "use_ws_trading"]
            raise Misuse(f"start: unknown setting {', '.join(unknown)}; known: {', '.join(words)}")
        return cls(**{**given, **sections})

    def native(self, section: str, known: Iterable[str]) -> dict[str, Any]:
        """Return the section's fields; raises `Unsupported` for one that the version lacks and cannot go without."""
        known = set(known)
        given: dict[str, Any] = getattr(self, section)
        for name in given:
            if name not in known and f"{section}.{name}" not in self.optional:
                raise Unsupported(f"{section}.{name}", nearest(name, known))
        return {name: value for name, value in given.items() if name in known}

    @property
    def redis(self) -> dict[str, Any]:
        """The cache database as the factory's node functions take it."""
        if self.cache_database is None:
            return {}
        host, _, port = self.cache_database.rpartition(":")
        return {"redis_host": host.strip("[]"), "redis_port": int(port)}

    @property
    def ws_api(self) -> str:
        """The WS API's URL with its path."""
        return self.ws_api_url if urlsplit(self.ws_api_url).path.strip("/") else self.ws_api_url + WS_API_PATH

    def stream(self, path: str) -> str:
        """The stream's base URL with `path` appended."""
        return self.stream_url.rstrip("/") + path


def _inflight(check: Mapping[str, int] | None) -> dict[str, int]:
    """The in-flight check as native fields; None turns it off, which an interval of 0 does."""
    if check is None:
        return {"inflight_check_interval_ms": 0}
    if unknown := sorted(set(check) - set(_INFLIGHT)):
        raise Misuse(f"inflight_check: unknown {', '.join(unknown)}; known: {', '.join(_INFLIGHT)}")
    return {_INFLIGHT[name]: value for name, value in check.items()}
