"""The two transports of a trader's commands: HTTP, and a session of the WS API."""

from typing import Any

from conformance.kit import AxisValue

OVER_A_SOCKET = {"transport": "ws-api"}
OVER = (
    AxisValue(name="http", words="HTTP"),
    AxisValue(name="ws-api", words="the WS API", needs=("ws_trading",)),
)


def configured_for(over: AxisValue) -> dict[str, Any]:
    """Return what a trader is configured with to send its commands over this."""
    return OVER_A_SOCKET if over.name == "ws-api" else {}
