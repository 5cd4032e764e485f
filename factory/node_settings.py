"""Settings that nodes of both generations share: listed once, checked once."""

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

LOG_LEVELS = ("OFF", "DEBUG", "INFO", "WARNING", "ERROR")
_TRADER_ID = re.compile(r"[^\s-][^\s]*-[^\s-]+")
_LEAST = {
    "reconciliation_lookback_mins": 1,
    "inflight_check_interval_ms": 0,
    "inflight_check_threshold_ms": 1,
    "inflight_check_retries": 0,
}


@dataclass(frozen=True)
class NodeSettings:
    """What a node is built from besides its clients; raises `ValueError` when made of anything it cannot run with.

    The fields are the arguments of `create_tradingnode_config` and `create_livenode_builder`, which explain them.
    """

    exec_clients: Mapping[str, Any]
    _: KW_ONLY
    data_clients: Mapping[str, Any] | None = None
    trader_id: str = "TRADER-001"
    log_level: str = "INFO"
    log_directory: str | Path | None = None
    reconciliation: bool = True
    reconciliation_lookback_mins: int | None = None
    inflight_check_interval_ms: int = 2_000
    inflight_check_threshold_ms: int = 5_000
    inflight_check_retries: int = 5
    redis_host: str | None = None
    redis_port: int = 6379
    exec_engine: Mapping[str, Any] | None = None
    logging: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not self.exec_clients:
            raise ValueError("exec_clients: empty; pass create_binance_exec_client(...)")
        if not isinstance(self.trader_id, str) or not _TRADER_ID.fullmatch(self.trader_id):
            raise ValueError(
                f"trader_id: {self.trader_id!r} is not a name and a tag with a hyphen, such as 'TRADER-001'"
            )
        if self.log_level not in LOG_LEVELS:
            raise ValueError(f"log_level: {self.log_level!r} is not a level; allowed: {', '.join(LOG_LEVELS)}")
        for name, least in _LEAST.items():
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

    def with_data_clients(self, beside: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """Return the data clients that were given, or those that `beside` makes for the execution clients."""
        return beside(self.exec_clients) if self.data_clients is None else dict(self.data_clients)

    @property
    def exec_engine_fields(self) -> dict[str, Any]:
        """The fields of the execution engine's config, which both generations name alike."""
        ours = {name: getattr(self, name) for name in ("reconciliation", *_LEAST)}
        return {**ours, **(self.exec_engine or {})}


def takes_settings[**P, T](_: Callable[P, NodeSettings]) -> Callable[[Callable[[NodeSettings], T]], Callable[P, T]]:
    """Give a function of a `NodeSettings` the arguments that make one, so that they are listed in one place."""

    def decorate(build: Callable[[NodeSettings], T]) -> Callable[P, T]:
        @functools.wraps(build)
        def create(*args: P.args, **kwargs: P.kwargs) -> T:
            return build(NodeSettings(*args, **kwargs))  # type: ignore[arg-type]  # P is NodeSettings' own

        return _shown(create, build, inspect.signature(NodeSettings))

    return decorate


def takes_settings_and_native[T](build: Callable[..., T]) -> Callable[..., T]:
    """Like `takes_settings`, for a function that takes further keyword arguments, which it gets as they are."""
    signature = inspect.signature(NodeSettings)
    native = inspect.Parameter("native", inspect.Parameter.VAR_KEYWORD, annotation=Any)
    signature = signature.replace(parameters=[*signature.parameters.values(), native])

    @functools.wraps(build)
    def create(*args: Any, **kwargs: Any) -> T:
        given = signature.bind(*args, **kwargs).arguments
        further = given.pop("native", {})
        return build(NodeSettings(**given), **further)

    return _shown(create, build, signature)


def _shown[C: Callable[..., Any]](create: C, build: Callable[..., Any], signature: inspect.Signature) -> C:
    """Have `help()` and editors show the arguments that `create` takes and what `build` returns."""
    returned = inspect.signature(build).return_annotation
    create.__signature__ = signature.replace(return_annotation=returned)  # type: ignore[attr-defined]
    return create
