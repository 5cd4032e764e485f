"""The time between two keep-alives of the user stream, shortened: it is compiled into 1.x, 5 or 30 minutes."""

import importlib
from typing import Any

from nautilus_trader.adapters.binance import websocket

_ATTRIBUTE = "_KEEPALIVE_INTERVAL_SECS"


class KeepAlive:
    """Changes a time and nothing else, for one trader."""

    def __init__(self) -> None:
        self._stream = _stream_client()
        self._kept_s = getattr(self._stream, _ATTRIBUTE, None)
        self._interval_s: float | None = None

    def shorten(self, interval_ms: int | None) -> None:
        """Have the trader that is about to be built send a keep-alive every `interval_ms`; None changes nothing."""
        self._interval_s = None if interval_ms is None else interval_ms / 1000
        if self._interval_s is not None and self._stream is not None:
            setattr(self._stream, _ATTRIBUTE, self._interval_s)

    def shorten_of(self, exec_client: Any) -> None:
        """Do the same on an execution client that has the time itself (up to 1.222)."""
        if self._interval_s is not None and hasattr(exec_client, "_ping_listen_keys_interval"):
            exec_client._ping_listen_keys_interval = self._interval_s

    def restore(self) -> None:
        """Undo it: the process serves other traders."""
        if self._stream is not None:
            setattr(self._stream, _ATTRIBUTE, self._kept_s)


def _stream_client() -> Any:
    """The class of the user stream's client, of which 1.223 and later make the time an attribute."""
    try:
        user = importlib.import_module(f"{websocket.__name__}.user")
    except ModuleNotFoundError:
        return None
    return next((each for each in vars(user).values() if hasattr(each, _ATTRIBUTE)), None)
