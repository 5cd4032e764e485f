"""What a random trader, other traders, and the venue's own hands may do: the strategies of the state machine."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

ASSETS = ("USDT", "BNB")
SYMBOLS = ("BTCUSDT", "DOGEUSDT", "BTCUSDT_261225")
QUANTITIES = {
    "BTCUSDT": ("0.010", "0.002", "0.003", "0.050", "0.500", "0.001", "2.000"),
    "DOGEUSDT": ("1000", "51", "100", "33333", "7777", "700000", "1"),
    "BTCUSDT_261225": ("0.010", "0.002", "0.003", "0.050", "0.500", "0.001", "2.000"),
}
"""From what fits well to what is below the least notional or beyond the margin of the default account."""
TIFS = ("GTC", "GTC", "GTC", "IOC", "FOK", "GTX", "GTD", "RPI")
PRICE_MATCHES = ("OPPONENT", "OPPONENT_5", "QUEUE", "QUEUE_5")
STP = ("EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH")
FLAG = st.sampled_from((None, None, None, "true", "false"))


@dataclass(frozen=True)
class Distance:
    """A price by its distance from the last one: so many ticks, so many ten-thousandths."""

    ticks: int
    basis_points: int

    def towards(self, direction: int) -> "Distance":
        """Return the same distance, but above (1) or below (-1) the last price, by two ticks at least."""
        return Distance((abs(self.ticks) + 2) * direction, abs(self.basis_points) * direction)


symbols = st.sampled_from(SYMBOLS + ("BTCUSDT",) * 3)
sides = st.sampled_from(("BUY", "SELL"))
near = st.builds(Distance, st.integers(-5, 5), st.just(0))
around = st.builds(Distance, st.integers(-3, 3), st.integers(-150, 150))
far = st.builds(Distance, st.just(0), st.integers(-650, 650))
distances = near | near | around | around | far
leaps = st.builds(Distance, st.just(0), st.integers(-1500, 1500))
sizes = st.integers(0, 6)
picks = st.integers(0, 200)
"""Which of the orders there are."""

_order = {"symbol": symbols, "side": sides, "size": sizes, "distance": distances}
_options = {
    "reduceOnly": FLAG,
    "positionSide": st.sampled_from(("LONG", "SHORT", "BOTH")),
    "selfTradePreventionMode": st.sampled_from(STP),
    "newOrderRespType": st.sampled_from(("ACK", "RESULT")),
    "newClientOrderId": st.sampled_from(("a", "b", "c")),
}
limits = st.fixed_dictionaries(
    _order,
    optional=_options | {"timeInForce": st.sampled_from(TIFS), "priceMatch": st.sampled_from(PRICE_MATCHES)},
)
markets = st.fixed_dictionaries({**_order, "type": st.just("MARKET")}, optional=_options)
odd = st.fixed_dictionaries(
    {**_order, "sloppy": st.just(True), "type": st.sampled_from(("MARKET", "LIMIT", "STOP"))},
    optional=_options
    | {
        "timeInForce": st.sampled_from(TIFS),
        "priceMatch": st.sampled_from(PRICE_MATCHES),
        "closePosition": FLAG,
    },
)
orders = limits | limits | markets | odd
algos = st.fixed_dictionaries(
    {
        "symbol": symbols,
        "side": sides,
        "size": sizes,
        "distance": distances,
        "limit": distances,
        "type": st.sampled_from(("STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET")),
    },
    optional={
        "timeInForce": st.sampled_from(("GTC", "GTC", "IOC", "FOK", "GTX", "GTD", "GTE_GTC")),
        "reduceOnly": FLAG,
        "positionSide": st.sampled_from(("BOTH", "LONG", "SHORT")),
        "closePosition": st.just("true"),
        "workingType": st.sampled_from(("MARK_PRICE", "CONTRACT_PRICE")),
        "priceProtect": FLAG,
        "priceMatch": st.sampled_from(PRICE_MATCHES),
        "selfTradePreventionMode": st.sampled_from(STP),
        "clientAlgoId": st.sampled_from(("a", "b", "d")),
        "activated": st.booleans(),
        "sloppy": st.booleans(),
        "callbackRate": st.sampled_from(("0.1", "0.5", "1", "5", "20", "21")),
    },
)
levels = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 3)), max_size=4, unique_by=lambda level: level[0])
"""Levels of a book by their distance from its middle in ticks; mostly too thin for one order."""

_on = {"symbol": symbols}
_side = {"side": st.sampled_from(("LONG", "SHORT"))}


def _act(name: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(name), st.fixed_dictionaries(arguments))


choices = st.one_of(
    _act("set_leverage", **_on, leverage=st.sampled_from((20, 1, 5, 50, 75, 100, 125, 0))),
    _act("set_margin_type", **_on, isolated=st.booleans()),
    _act("switch_position_mode"),
    _act("shift_margin", **_on, **_side, kind=st.sampled_from((1, 2)), size=sizes),
    _act("shift_margin", **_on, **_side, kind=st.sampled_from((1, 2)), size=sizes),
    _act("deposit", amount=st.sampled_from(("1000", "-500", "0.00000001", "-12345.6")), asset=st.sampled_from(ASSETS)),
    _act("cancel_all", **_on),
    _act("cancel_all_algos", **_on),
    _act("cancel_batch", numbers=st.lists(picks, min_size=1, max_size=4)),
    _act("count_down", **_on, after_ms=st.sampled_from((5_000, 50, 0))),
)
"""What an account chooses, or does seldom."""
fates = st.one_of(
    _act("leap", **_on, leap=leaps),
    _act("leap", **_on, leap=leaps),
    _act("move_mark", **_on, distance=distances),
    _act("fund", **_on, rate=st.sampled_from(("0.0001", "-0.0003", "0.00731", "0"))),
    _act("force_close", **_on, **_side, forced=st.booleans()),
    _act("set_status", **_on, status=st.sampled_from(("TRADING", "TRADING", "TRADING_HALT", "PRE_SETTLE"))),
    _act("delist", symbol=st.just("BTCUSDT_261225")),
)
"""What befalls an account."""

options: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "algo_lag_ms": st.sampled_from((0, 4)),
        "algo_triggered_event": st.just("before_child"),
        "trade_lites_first": st.just(False),
        "open_reduce_only": st.just("counted"),
        "reduce_only_excess": st.just("decrease"),
        "reduce_only_excess_status": st.just("CANCELED"),
        "fill_on_touch": st.just(False),
        "mark_follows_last": st.just(False),
        "fok_ignores_own_orders": st.just(False),
        "amended_gtx_crossing": st.just("EXPIRED"),
        "timestamp_checked_before_signature": st.just(False),
    },
)
"""Every way in which an open point of the reference may be decided, as far as it moves orders or money."""
