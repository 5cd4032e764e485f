"""What a case can need beyond a trader and a venue: one closed vocabulary, from which its worlds follow too.

A need is the version's (a capability, as the subject's process reports it), the run's (something that whoever starts
the run has to give), or the world's (something that not every world can do).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast, get_args

from conformance.nearest import nearest
from conformance.subject.capabilities import VOCABULARY
from conformance.worlds.names import WORLDS, WorldName

Need = Literal[
    "account_events",
    "batch_cancel",
    "batch_lists",
    "brackets",
    "cache_database",
    "cancel_all_of_others",
    "close_position",
    "close_position_stops",
    "display_quantity",
    "emulation",
    "external_order_claims",
    "external_orders",
    "graceful_stop",
    "gtd",
    "hedge",
    "inflight_check",
    "instrument_fees",
    "market_exit",
    "open_check",
    "order_lists",
    "position_check",
    "price_match",
    "query_account",
    "retries",
    "risk_engine",
    "sequential_traders",
    "short_keep_alive",
    "take_profit_beyond_trigger",
    "ws_api_logon",
    "ws_trading",
    "ed25519_key",
    "fresh_account",
    "large_orders",
    "market_moves",
    "other_symbols",
    "unrecordable",
    "venue_acts",
]
"""Every need by name: first what a version can be capable of, then what a world can. `NEEDS` says what each means."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a need says, who meets it, and in which worlds it can be met."""

    sentence: str
    met_by: Literal["version", "run", "world"] = "version"
    worlds: tuple[WorldName, ...] = WORLDS


_HERE: tuple[WorldName, ...] = ("simulator", "cassettes")

NEEDS: dict[Need, Meaning] = {
    **{cast(Need, name): Meaning(f"{meaning}.") for name, meaning in VOCABULARY.items()},
    "cache_database": Meaning("The trader can keep its cache in a Redis, which the run provides.", met_by="run"),
    "ed25519_key": Meaning("The account has a key of the type Ed25519.", "world", ("simulator",)),
    "fresh_account": Meaning("The account has no earlier orders and trades.", "world", _HERE),
    "large_orders": Meaning("The case sends orders above the cap of the testnet world.", "world", _HERE),
    "market_moves": Meaning("The market moves, and offers and takes what the case says.", "world", _HERE),
    "other_symbols": Meaning("The venue has symbols beside BTCUSDT.", "world", ("simulator",)),
    "unrecordable": Meaning(
        "The conversation differs from run to run, or from version to version, so that no cassette fits.",
        "world",
        ("simulator", "testnet"),
    ),
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


def worlds_for(needs: Iterable[Need]) -> tuple[WorldName, ...]:
    """Return the worlds in which all these needs can be met, in the usual order."""
    wanted = [NEEDS[need].worlds for need in needs]
    return tuple(world for world in WORLDS if all(world in worlds for worlds in wanted))
