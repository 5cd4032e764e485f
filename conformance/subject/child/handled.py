"""A strategy that is told of its orders and positions in handlers of its own, as firms write them.

The suite's strategies go by no handler but the one of all events: that another is never called would not be seen.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from .handlers import EVENTS, Resumed

_OF_ALL = ("on_order_event", "on_position_event")
_KEPT_AS = "state"


def with_handlers(base: type, heard: list[dict[str, str]]) -> type:
    """Return a strategy of the class that also notes in `heard` what each handler is told that the version has.

    Of each call the `handler`, the `event` and the id `about` which it is: of the order, or of the position.
    """
    handlers = [*(f"on_{_snake(event)}" for event in EVENTS), *_OF_ALL]
    methods = {name: _noting(base, name, heard) for name in handlers if hasattr(base, name)}
    return type(f"{base.__name__}WithHandlers", (base,), methods)


def reading(base: type, reads: Callable[[Any], None]) -> type:
    """Return a strategy of the class that `reads` what its cache says in its handlers of orders and of positions."""

    def on_order_event(self: Any, event: Any) -> None:
        reads(event)
        base.on_order_event(self, event)  # type: ignore[attr-defined]

    def on_position_event(self: Any, event: Any) -> None:
        reads(event)
        base.on_position_event(self, event)  # type: ignore[attr-defined]

    handlers = {"on_order_event": on_order_event, "on_position_event": on_position_event}
    return type(f"{base.__name__}Reading", (base,), handlers)


def resuming(base: type) -> type:
    """Return a strategy of the class that has an `on_resume`, in which it is told that it goes on.

    Without one it goes on as NautilusTrader's own does, which is another way in 2.x.
    """

    def on_resume(self: Any) -> None:
        self._on_told(self, Resumed(time.time_ns()))

    return type(f"{base.__name__}Resuming", (base,), {"on_resume": on_resume})


def keeping(base: type, state: str, heard: list[dict[str, str]]) -> type:
    """Return a strategy of the class that keeps `state` for the next session, and notes in `heard` what it gets back.

    `on_save` and `on_load` are where firms' strategies write down, and read, what no cache has: steps, levels, sums.
    """

    def on_save(self: Any) -> dict[str, bytes]:  # noqa: ARG001
        return {_KEPT_AS: state.encode()}

    def on_load(self: Any, kept: Any) -> None:  # noqa: ARG001
        for key, value in kept.items():
            heard.append({"handler": "on_load", "event": str(key), "about": bytes(value).decode()})

    return type(f"{base.__name__}Keeping", (base,), {"on_save": on_save, "on_load": on_load})


def _noting(base: type, handler: str, heard: list[dict[str, str]]) -> Any:
    def noting(self: Any, event: Any) -> None:
        about = getattr(event, "client_order_id", None) or event.position_id
        heard.append({"handler": handler, "event": type(event).__name__, "about": str(about)})
        getattr(base, handler)(self, event)

    return noting


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
