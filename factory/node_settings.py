"""Settings that nodes of both generations share, checked once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOG_LEVELS = ("OFF", "DEBUG", "INFO", "WARNING", "ERROR")
_TRADER_ID = re.compile(r"[^\s-][^\s]*-[^\s-]+")


@dataclass(frozen=True, kw_only=True)
class NodeSettings:
    """What a node is told besides its clients; raises `ValueError` when made of anything it cannot run with."""

    exec_clients: Mapping[str, Any]
    trader_id: str
    log_level: str
    log_directory: str | Path | None
    reconciliation: bool
    reconciliation_lookback_mins: int | None
    inflight_check_interval_ms: int
    inflight_check_threshold_ms: int
    inflight_check_retries: int
    redis_host: str | None
    redis_port: int

    def __post_init__(self) -> None:
        if not self.exec_clients:
            raise ValueError("exec_clients: empty; pass create_binance_exec_client(...)")
        if not isinstance(self.trader_id, str) or not _TRADER_ID.fullmatch(self.trader_id):
            raise ValueError(
                f"trader_id: {self.trader_id!r} is not a name and a tag with a hyphen, such as 'TRADER-001'"
            )
        if self.log_level not in LOG_LEVELS:
            raise ValueError(f"log_level: {self.log_level!r} is not a level; allowed: {', '.join(LOG_LEVELS)}")
        for name, least in (
            ("reconciliation_lookback_mins", 1),
            ("inflight_check_interval_ms", 0),
            ("inflight_check_threshold_ms", 1),
            ("inflight_check_retries", 0),
        ):
            value = getattr(self, name)
            if value is None and name == "reconciliation_lookback_mins":
                continue
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(f"{name}: {value!r} is not a whole number of at least {least}")
        if (
            isinstance(self.redis_port, bool)
            or not isinstance(self.redis_port, int)
            or not 1 <= self.redis_port <= 65535
        ):
            raise ValueError(f"redis_port: {self.redis_port!r} is not a port from 1 to 65535")

    @property
    def exec_engine_fields(self) -> dict[str, Any]:
        """The fields of the execution engine's config, which both generations name alike."""
        return {
            "reconciliation": self.reconciliation,
            "reconciliation_lookback_mins": self.reconciliation_lookback_mins,
            "inflight_check_interval_ms": self.inflight_check_interval_ms,
            "inflight_check_threshold_ms": self.inflight_check_threshold_ms,
            "inflight_check_retries": self.inflight_check_retries,
        }
