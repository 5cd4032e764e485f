"""What a firm's configuration keeps to the trader, or has it call by another word than the venue.

Without `use_reduce_only` the venue is not told that an order is reduce-only; without `use_gtd` it gets an order good
till cancelled in place of one that is good till a date; without `use_position_ids` the trader counts positions of its
own, several for the venue's one; with `treat_expired_as_canceled` it calls an expiry a cancellation (the docstrings of
NautilusTrader's `BinanceExecClientConfig`). With `manage_gtd_expiry` its strategy cancels an order at its date (the
docstring of `StrategyConfig`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from conformance.history.entries import AskedOrder, Declared
from conformance.invariants import books

_DIFFERENCES = {
    "use_reduce_only": (books.of_open_orders("reduce_only"),),
    "use_gtd": (books.of_open_orders("time_in_force"), books.of_open_orders("expire_time_ms")),
    "use_position_ids": (books.SEVERAL_POSITIONS,),
}
"""Field of the client that is off → in what the books may differ."""


def differences(config: Mapping[str, Any]) -> Iterator[Declared]:
    """Yield in what the books of a trader of this config, a start command's, may differ from the venue's."""
    for field, what in _DIFFERENCES.items():
        if _is_off(config, field):
            for difference in what:
                yield Declared(difference=difference, why=f"the profile has {field} = false")


def as_sent(order: AskedOrder, params: Mapping[str, str], config: Mapping[str, Any]) -> AskedOrder:
    """Return what the venue is to be told of an order, which was sent with these parameters.

    A version without the field sends all the same what the field keeps back, which is as it was asked for.
    """
    if _is_off(config, "use_reduce_only") and params.get("reduceOnly", "false").lower() == "false":
        order = replace(order, reduce_only=False)
    if _is_off(config, "use_gtd") and order.time_in_force == "GTD" and params.get("timeInForce", "GTC") == "GTC":
        order = replace(order, time_in_force="GTC", expire_time_ms=None)
    return order


def takes_expiries_for_cancellations(config: Mapping[str, Any]) -> bool:
    """Say whether a trader of this config is to tell as cancelled what the venue calls EXPIRED."""
    return config.get("client", {}).get("treat_expired_as_canceled") is True


def holds_dates(config: Mapping[str, Any]) -> bool:
    """Say whether a strategy of this config is to cancel by itself an order whose date has come."""
    return config.get("strategy", {}).get("manage_gtd_expiry") is True


def _is_off(config: Mapping[str, Any], field: str) -> bool:
    return config.get("client", {}).get(field) is False
