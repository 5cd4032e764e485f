"""What a trader asks when it starts and in its periodic checks, and how each question can fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.kit import AxisValue, Faults


@dataclass(frozen=True, kw_only=True)
class Question(AxisValue):
    """One question, by every route that a version may ask it on."""

    routes: Sequence[str]


def _asks(name: str, words: str, *paths: str, method: str = "GET") -> Question:
    return Question(name=name, words=words, routes=tuple(f"{method} /fapi/{path}" for path in paths))


OPEN_ORDERS = _asks("open-orders", "the question for open orders", "v1/openOrders")
OPEN_STOPS = _asks("open-stops", "the question for open stops", "v1/openAlgoOrders")
POSITIONS = _asks("positions", "the question for positions", "v2/positionRisk", "v3/positionRisk")
ACCOUNT = _asks("account", "the question for the account", "v2/account", "v3/account")
ALL_ORDERS = _asks("all-orders", "the question for all orders", "v1/allOrders")
ALL_STOPS = _asks("all-stops", "the question for all stops", "v1/allAlgoOrders")
TRADES = _asks("trades", "the question for trades", "v1/userTrades")
INSTRUMENTS = _asks("instruments", "the question for the symbols", "v1/exchangeInfo")
SYMBOL_CONFIG = _asks("symbol-config", "the question for the symbols' settings", "v1/symbolConfig")
MODE = _asks("mode", "the question for the position mode", "v1/positionSide/dual")
TIME = _asks("time", "the question for the time", "v1/time")
LISTEN_KEY = _asks("listen-key", "the request for a listen key", "v1/listenKey", method="POST")
AT_START = (
    OPEN_ORDERS,
    OPEN_STOPS,
    POSITIONS,
    ACCOUNT,
    ALL_ORDERS,
    ALL_STOPS,
    TRADES,
    INSTRUMENTS,
    SYMBOL_CONFIG,
    MODE,
    TIME,
    LISTEN_KEY,
)
ONE_ORDER = _asks("one-order", "the question for one order", "v1/order", "v1/openOrder", "v1/algoOrder")
EVERY = Question(
    name="all",
    words="every question of the checks",
    routes=tuple(
        route
        for question in (OPEN_ORDERS, OPEN_STOPS, POSITIONS, ALL_ORDERS, ALL_STOPS, TRADES, ONE_ORDER)
        for route in question.routes
    ),
)
IN_CHECKS = (OPEN_ORDERS, OPEN_STOPS, POSITIONS, ALL_ORDERS, ALL_STOPS, EVERY)


@dataclass(frozen=True, kw_only=True)
class Failure(AxisValue):
    """How a question fails: it tells nothing of what was asked. `meets` arms it as a fault."""

    meets: Callable[..., Any]


def _answered(status: int, body: object) -> Callable[..., Any]:
    return lambda faults, routes, **how: faults.answer(routes, status, body, **how)


def _page(faults: Faults, routes: Sequence[str], **how: Any) -> Any:
    return faults.garble(routes, **how)


def _hangs(faults: Faults, routes: Sequence[str], **how: Any) -> Any:
    return faults.hang(routes, processed=False, **how)


# Retry-After is a matter of its own: the THR cases have it.
LIMITED = Failure(
    name="429", words="is answered 429", meets=_answered(429, {"code": -1003, "msg": "Too many requests."})
)
UNAVAILABLE = Failure(
    name="503", words="is answered 503", meets=_answered(503, {"code": -1, "msg": "Service Unavailable."})
)
PAGE = Failure(name="page", words="is answered with a page", meets=_page)
EMPTY = Failure(name="empty", words="is answered with nothing", meets=_answered(200, ""))
HANGS = Failure(name="hang", words="is never answered", meets=_hangs)
REFUSED = Failure(
    name="refused",
    words="is refused (-2015)",
    meets=_answered(401, {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action"}),
)
GONE = Failure(
    name="gone",
    words="is refused (-1125)",
    meets=_answered(400, {"code": -1125, "msg": "This listenKey does not exist."}),
)
FAILURES = (LIMITED, UNAVAILABLE, PAGE, EMPTY, HANGS, REFUSED)
