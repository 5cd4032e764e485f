"""The start command's settings: what a case may choose, with the suite's defaults.

The defaults make a trader deterministic and quick: no periodic checks, no waiting, short retry delays. A case that
tests one of these asks for it.
"""

from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from .blame import Misuse

WS_API_PATH = "/ws-fapi/v1"
_INFLIGHT = ("interval_ms", "threshold_ms", "retries")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One trader's settings; unknown names are refused with the known ones."""

    http_url: str
    stream_url: str
    """WebSocket base of the streams, without path; each version gets the path it expects appended."""
    ws_api_url: str
    key_type: str = "hmac"
    testnet: bool = False
    max_retries: int = 3
    retry_delay_initial_ms: int = 20
    retry_delay_max_ms: int = 100
    reconciliation: bool = True
    inflight_check: dict[str, int] | None = None
    """`{"interval_ms", "threshold_ms", "retries"}`, or None for no in-flight check."""
    leverages: dict[str, int] | None = None
    margin_types: dict[str, str] | None = None
    use_ws_trading: bool = False
    """2.x: orders over the WS API rather than REST. 1.x has no such choice and ignores it."""
    trader_id: str = "TRADER-001"
    cache_database: str | None = None
    """`HOST:PORT` of a Redis that keeps the cache under `trader_id`: the next trader of that id starts on it (a warm
    restart). None keeps nothing."""
    log_level: str = "WARNING"
    timeout_connection_s: float = 10.0
    timeout_stop_s: float = 5.0
    exec_engine: dict[str, Any] = field(default_factory=dict)
    """Further native fields of the live execution engine's config."""
    native: dict[str, Any] = field(default_factory=dict)
    """Further native fields of the Binance execution client's config."""

    def __post_init__(self) -> None:
        if self.key_type not in {"hmac", "ed25519"}:
            raise Misuse(f"key_type {self.key_type!r}: allowed are hmac, ed25519")
        if unknown := sorted(set(self.inflight_check or {}) - set(_INFLIGHT)):
            raise Misuse(f"inflight_check: unknown {', '.join(unknown)}; known: {', '.join(_INFLIGHT)}")

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Settings":
        """Return the settings that a start command carries."""
        known = [each.name for each in fields(cls)]
        unknown = sorted(set(config) - set(known))
        if unknown:
            raise Misuse(f"start: unknown setting {', '.join(unknown)}; known: {', '.join(known)}")
        return cls(**config)

    @property
    def redis(self) -> dict[str, Any]:
        """The cache database as the factory's node functions take it."""
        if self.cache_database is None:
            return {}
        host, _, port = self.cache_database.rpartition(":")
        return {"redis_host": host.strip("[]"), "redis_port": int(port)}

    @property
    def retries(self) -> dict[str, Any]:
        """The retry fields that the factory takes, delays in ms."""
        return {
            "max_retries": self.max_retries,
            "retry_delay_initial_ms": self.retry_delay_initial_ms,
            "retry_delay_max_ms": self.retry_delay_max_ms,
        }

    @property
    def inflight(self) -> dict[str, Any]:
        """The in-flight check as the factory's node functions take it; an interval of 0 turns it off."""
        if self.inflight_check is None:
            return {"inflight_check_interval_ms": 0}
        return {f"inflight_check_{name}": value for name, value in self.inflight_check.items()}

    @property
    def ws_api(self) -> str:
        """The WS API's URL with its path."""
        return self.ws_api_url if urlsplit(self.ws_api_url).path.strip("/") else self.ws_api_url + WS_API_PATH

    def stream(self, path: str) -> str:
        """The stream's base URL with `path` appended."""
        return self.stream_url.rstrip("/") + path
