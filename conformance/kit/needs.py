"""What a case can need beyond a trader and a venue: one closed vocabulary, from which its worlds follow too.

A need is the version's (a capability, as the subject's process reports it), the run's (something that whoever starts
the run has to give), or the world's (something that not every world can do).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from conformance.nearest import nearest
from conformance.worlds.names import WORLDS, World

Need = Literal[
    "account_events",
    "batch_cancel",
    "cache_database",
    "external_orders",
    "graceful_stop",
    "inflight_check",
    "query_account",
    "retries",
    "sequential_traders",
    "ws_api_logon",
    "ws_trading",
    "fresh_account",
    "large_orders",
    "market_moves",
    "unrecordable",
    "other_symbols",
    "venue_acts",
]
"""Every need by name; `NEEDS` has a sentence for each."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a need says, who meets it, and in which worlds it can be met."""

    sentence: str
    met_by: Literal["version", "run", "world"] = "version"
    worlds: tuple[World, ...] = WORLDS


_HERE: tuple[World, ...] = ("simulator", "cassettes")

NEEDS: dict[Need, Meaning] = {
    "account_events": Meaning("The trader emits an event when its account changes, not only a new snapshot."),
    "batch_cancel": Meaning("The trader can cancel several orders with one command."),
    "cache_database": Meaning("The trader can keep its cache in a Redis, which the run provides.", met_by="run"),
    "external_orders": Meaning("The trader emits events about orders of other clients of the account."),
    "graceful_stop": Meaning("The trader can be stopped the native way."),
    "inflight_check": Meaning("The trader can query orders whose answer is overdue."),
    "query_account": Meaning("The trader can be asked to query its account."),
    "retries": Meaning("The trader's client can be told how often to repeat a refused request."),
    "sequential_traders": Meaning("One process of the version can start trader after trader."),
    "ws_api_logon": Meaning("An Ed25519 key opens the user stream over the WebSocket API."),
    "ws_trading": Meaning("The trader can send orders over the WebSocket API."),
    "fresh_account": Meaning("The account has no earlier orders and trades.", "world", _HERE),
    "large_orders": Meaning("The case sends orders above the cap of the testnet world.", "world", _HERE),
    "market_moves": Meaning("The market moves, and offers and takes what the case says.", "world", _HERE),
    "unrecordable": Meaning(
        "The conversation differs from run to run, or from version to version, so that no cassette fits.",
        "world",
        ("simulator", "testnet"),
    ),
    "other_symbols": Meaning("The venue has symbols beside BTCUSDT.", "world", ("simulator",)),
    "venue_acts": Meaning("The venue does what no client can ask for, such as a liquidation.", "world", _HERE),
}


class NeedError(ValueError):
    """A need that the vocabulary does not have; the message has the nearest one."""


def checked(needs: Iterable[str], of: str) -> tuple[Need, ...]:
    """Return the needs, each once and sorted; raises `NeedError` for a word that is not in the vocabulary."""
    known: dict[str, Need] = {name: name for name in get_args(Need)}
    for name in needs:
        if name not in known:
            raise NeedError(f"{of}: there is no need {name!r}{nearest(name, known)}; conformance.kit.needs lists all")
    return tuple(sorted({known[name] for name in needs}))


def worlds_for(needs: Iterable[Need]) -> tuple[World, ...]:
    """Return the worlds in which all these needs can be met, in the usual order."""
    wanted = [NEEDS[need].worlds for need in needs]
    return tuple(world for world in WORLDS if all(world in worlds for worlds in wanted))
