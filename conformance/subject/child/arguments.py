"""Arguments of native commands that are given only where something was said: else NautilusTrader's default holds."""

from typing import Any

from .installed import ClientId, TimeInForce


def to_client(client_id: str | None) -> dict[str, Any]:
    """Return the argument that names the client which a command is for; none where nobody named it."""
    return {} if client_id is None else {"client_id": ClientId(client_id)}


def closing(reduce_only: bool | None, time_in_force: str | None, params: dict[str, Any] | None) -> dict[str, Any]:
    """Return what was said of the order that closes a position."""
    given = {
        "reduce_only": reduce_only,
        "time_in_force": time_in_force and getattr(TimeInForce, time_in_force),
        "params": params,
    }
    return {name: value for name, value in given.items() if value is not None}
