"""Orders that the trader holds back itself: until a price releases them (its emulation), or to cut them up."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.history.entries import Command

_LEGS = ("entry", "take_profit", "stop_loss")
#: What a command says of those that may go to the venue at once, and what such a leg is where it says no type.
_HOLDS = {"entry": ("hold_entry", "MARKET"), "take_profit": ("hold_take_profit", "LIMIT")}


def held_back(commands: Sequence[Command]) -> Mapping[str, frozenset[str]]:
    """Return the orders that are to be held back, each with its family: those that may end it by ending.

    An order that is submitted by itself is its own family; a leg of a bracket has the other legs in it.
    """
    found: dict[str, frozenset[str]] = {}
    for command in commands:
        if command.order is not None and _is_held(command.order.more):
            found[command.order.client_order_id] = frozenset({command.order.client_order_id})
        if command.op == "bracket" and _is_held(command.more):
            legs = {leg: command.more[leg]["client_order_id"] for leg in _LEGS if leg in command.more}
            held = [order for leg, order in legs.items() if not _is_free(leg, command.more)]
            found |= dict.fromkeys(held, frozenset(legs.values()))
    return found


def cut_up(commands: Sequence[Command]) -> frozenset[str]:
    """Return the orders that an execution algorithm is to carry out: each stays in the trader until its last slice."""
    orders = (command.order for command in commands if command.order is not None)
    return frozenset(order.client_order_id for order in orders if order.more.get("exec_algorithm_id"))


def _is_free(leg: str, terms: Mapping[str, Any]) -> bool:
    """Whether a leg of an emulated bracket goes to the venue at once: it is a LIMIT order that is not to be held."""
    told, usual = _HOLDS.get(leg, ("", ""))
    return not terms.get(told, True) and terms[leg].get("type", usual) == "LIMIT"


def _is_held(terms: Mapping[str, Any]) -> bool:
    return bool(terms.get("emulation_trigger"))
