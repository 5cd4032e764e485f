"""What a case can need beyond a trader and a venue: one closed vocabulary, from which its worlds follow too.

A need is the version's (a capability, as the subject's process reports it), the run's (something that whoever starts
the run has to give), the world's (something that not every world can do), or the profile's: a case that is about what
a field of the configuration turns off runs with that field as NautilusTrader has it, whatever a firm has set.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast, get_args

from conformance.nearest import nearest
from conformance.subject.capabilities import VOCABULARY
from conformance.worlds.names import WORLDS, WorldName

Need = Literal[
    "account_events",
    "batch_amend",
    "batch_cancel",
    "batch_lists",
    "brackets",
    "bus_topics",
    "cache_database",
    "cancel_all_of_others",
    "cancels_of_others",
    "close_position",
    "close_position_stops",
    "command_retries",
    "display_quantity",
    "emulation",
    "ends_on_error",
    "exec_algorithms",
    "execution_instruments",
    "external_order_claims",
    "external_orders",
    "fills_of_others",
    "graceful_stop",
    "gtd",
    "hedge",
    "inflight_check",
    "instrument_fees",
    "managed_dates",
    "market_exit",
    "message_bus",
    "open_check",
    "order_lists",
    "own_order_books",
    "position_check",
    "price_match",
    "proxied_streams",
    "query_account",
    "retries",
    "risk_engine",
    "rpi_orders",
    "sequential_traders",
    "shipped_urls",
    "short_keep_alive",
    "take_profit_beyond_trigger",
    "trading_state",
    "twap",
    "written_configs",
    "ws_api_logon",
    "ws_trading",
    "own_cache_database",
    "kept_by_1x",
    "kept_by_2x",
    "ed25519_key",
    "fresh_account",
    "large_orders",
    "market_moves",
    "other_keys",
    "other_symbols",
    "unrecordable",
    "venue_acts",
    "account_leverage",
    "expiries",
    "orders_of_others",
    "reduce_only",
    "unclaimed_orders",
    "venue_positions",
]
"""Every need by name: what a version can be capable of, what a world can, what a profile leaves as it is. `NEEDS` says
what each means."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a need says, who meets it, and in which worlds it can be met."""

    sentence: str
    met_by: Literal["version", "run", "world", "profile"] = "version"
    worlds: tuple[WorldName, ...] = WORLDS
    fields: tuple[str, ...] = ()
    """Keys of a profile, `section.field` or one of its own, that the case's trader has as the built-in profile has
    them which a firm's extends: with another value there is nothing to judge."""


_HERE: tuple[WorldName, ...] = ("simulator", "cassettes")
_POSITION_IDS = "client.use_position_ids"
_OF_VERSIONS: dict[str, tuple[str, ...]] = {
    "gtd": ("client.use_gtd",),
    "hedge": (_POSITION_IDS,),
    "risk_engine": ("risk_engine.bypass",),
    "trading_state": ("risk_engine.bypass",),
}

NEEDS: dict[Need, Meaning] = {
    **{
        cast(Need, name): Meaning(f"{meaning}.", fields=_OF_VERSIONS.get(name, ()))
        for name, meaning in VOCABULARY.items()
    },
    "cache_database": Meaning("The trader can keep its cache in a Redis, which the run provides.", met_by="run"),
    "own_cache_database": Meaning(
        "The Redis holds nothing but what the case's traders keep: it may be emptied.",
        met_by="run",
        worlds=("simulator",),
    ),
    **{
        cast(Need, f"kept_by_{line}"): Meaning(
            f"Before the version under test another one ran, a {line[0]}.x, which kept its cache.",
            met_by="run",
            worlds=("simulator",),
        )
        for line in ("1x", "2x")
    },
    "ed25519_key": Meaning("The account has a key of the type Ed25519.", "world", ("simulator",)),
    "fresh_account": Meaning("The account has no earlier orders and trades.", "world", _HERE),
    "large_orders": Meaning("The case sends orders above the cap of the testnet world.", "world", _HERE),
    "market_moves": Meaning("The market moves, and offers and takes what the case says.", "world", _HERE),
    "other_keys": Meaning("The account can be given another API key.", "world", ("simulator",)),
    "other_symbols": Meaning(
        "The venue has symbols beside BTCUSDT, and the trader learns of them.",
        "world",
        ("simulator",),
        ("exec_engine.reconciliation_instrument_ids",),
    ),
    "unrecordable": Meaning(
        "The conversation differs from run to run, or from version to version, so that no cassette fits.",
        "world",
        ("simulator", "testnet"),
    ),
    "venue_acts": Meaning("The venue does what no client can ask for, such as a liquidation.", "world", _HERE),
    "account_leverage": Meaning(
        "Leverage and margin type are what the account has.",
        "profile",
        fields=("client.futures_leverages", "client.futures_margin_types"),
    ),
    "expiries": Meaning(
        "An order that expires is told as expired, not as cancelled.",
        "profile",
        fields=("client.treat_expired_as_canceled",),
    ),
    "orders_of_others": Meaning(
        "The trader learns of orders and positions that are not its own.",
        "profile",
        fields=("exec_engine.filter_unclaimed_external_orders", "exec_engine.filter_position_reports"),
    ),
    "reduce_only": Meaning(
        "The venue is told that an order is reduce-only.", "profile", fields=("client.use_reduce_only",)
    ),
    "unclaimed_orders": Meaning(
        "The strategy claims no orders of other clients.", "profile", fields=("external_order_claims",)
    ),
    "venue_positions": Meaning(
        "The trader has the venue's positions, one a symbol, not its own.", "profile", fields=(_POSITION_IDS,)
    ),
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


def fields_of(needs: Iterable[Need]) -> tuple[str, ...]:
    """Return the keys of a profile that a case with these needs leaves to the built-in one."""
    return tuple(dict.fromkeys(field for need in needs for field in NEEDS[need].fields))


def worlds_for(needs: Iterable[Need]) -> tuple[WorldName, ...]:
    """Return the worlds in which all these needs can be met, in the usual order."""
    wanted = [NEEDS[need].worlds for need in needs]
    return tuple(world for world in WORLDS if all(world in worlds for worlds in wanted))
