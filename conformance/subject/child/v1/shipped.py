"""What clients of the installed 1.x version do where the config names no URL: heard from them without a connection.

NautilusTrader's own factory makes them beside the running trader. Each is asked to open its stream, and what it makes
up of it ends the question: the name that native code would connect by is a stand-in's meanwhile.
"""

import asyncio
import importlib
import os
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from nautilus_trader.adapters.binance import factories, websocket
from nautilus_trader.adapters.binance.config import BinanceDataClientConfig, BinanceExecClientConfig
from nautilus_trader.cache.cache import Cache
from nautilus_trader.common.component import LiveClock, MessageBus
from nautilus_trader.model.identifiers import TraderId

import factory
from factory import credentials, environments

from ..blame import Unsupported
from ..orders import instrument_id

LISTEN_KEY = "LISTENKEY"
_NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: what connected all the same would come no further."""

_PRICES = {
    "quotes": "_subscribe_quote_ticks",
    "trades": "_subscribe_trade_ticks",
    "mark_prices": "_subscribe_mark_prices",
}


class _HeardError(BaseException):
    """Carries what was heard past native handlers of ordinary errors."""

    def __init__(self, what: Any) -> None:
        self.what = what


def urls(symbol: str, *, testnet: bool, streams: str | None = None) -> dict[str, Any]:
    """Return the URLs of REST, the WS API (None for a version that does not log on there) and each stream.

    `streams` is the URL that the client of orders is configured with for its user stream.
    """
    with _credentials(testnet=testnet):
        client = _exec_client(testnet=testnet, **({"base_url_ws_stream": streams} if streams else {}))
        prices = {name: _data_client(testnet=testnet) for name in _PRICES}
    stream = client._ws_client
    logs_on = hasattr(stream, "_connect_stream")
    opens = stream._connect_stream if logs_on else stream.subscribe_listen_key
    of = SimpleNamespace(instrument_id=instrument_id(symbol))
    return {
        "rest": client._http_client.base_url,
        "ws_api": stream._base_url if logs_on else None,
        "user_stream": _url(lambda: opens(LISTEN_KEY)),
        **{name: _url(partial(getattr(prices[name], _PRICES[name]), of)) for name in _PRICES},
    }


def keep_alive_s() -> float:
    """Return the seconds that a client waits, each time, before it keeps its listen key alive."""
    with _credentials(testnet=False):
        client = _exec_client(testnet=False)
    keeps = getattr(client._ws_client, "_keepalive_loop", None) or client._ping_listen_keys
    module = importlib.import_module(keeps.__func__.__module__)
    return float(_heard(keeps, patch.object(module, "asyncio", _Waiting())))


class _Waiting:
    """`asyncio`, but that the first sleep is heard and ends the question."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    def sleep(self, seconds: float) -> None:
        raise _HeardError(seconds)


def _exec_client(*, testnet: bool, **given: Any) -> Any:
    proxy = _where_known(BinanceExecClientConfig, proxy_url=_NOWHERE)
    (config,) = factory.create_binance_exec_client(testnet=testnet, **proxy, **given).values()
    return factories.BinanceLiveExecClientFactory.create(config=config, **_surroundings())


def _data_client(*, testnet: bool) -> Any:
    environment = environments.field("TESTNET" if testnet else "LIVE", BinanceDataClientConfig)
    config = BinanceDataClientConfig(
        account_type=factory.BinanceAccountType.USDT_FUTURES,
        **environment,
        **_where_known(BinanceDataClientConfig, proxy_url=_NOWHERE),
    )
    return factories.BinanceLiveDataClientFactory.create(config=config, **_surroundings())


def _where_known(config: Any, **fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in config.__struct_fields__}


def _surroundings() -> dict[str, Any]:
    """What a node gives its clients: none of the running trader's."""
    clock = LiveClock()
    return {
        "loop": asyncio.get_running_loop(),
        "name": "BINANCE",
        "msgbus": MessageBus(trader_id=TraderId("TRADER-000"), clock=clock),
        "cache": Cache(),
        "clock": clock,
    }


@contextmanager
def _credentials(*, testnet: bool) -> Iterator[None]:
    """Have credentials that open nothing where a client of the environment looks for them."""
    names = credentials.variables_for("TESTNET" if testnet else "LIVE", futures=True)
    own: Mapping[str, str] = {name: f"none-{number}" for number, name in enumerate(names)}
    with patch.dict(os.environ, own):
        yield


def _url(asks: Callable[[], Coroutine[Any, Any, Any]]) -> str:
    with ExitStack() as names:
        for module in ("client", "user"):
            try:
                home = importlib.import_module(f"{websocket.__name__}.{module}")
            except ModuleNotFoundError:
                continue
            for name in ("WebSocketConfig", "WebSocketClient"):
                names.enter_context(patch.object(home, name, _Connecting))
        return str(_heard(asks))


class _Connecting:
    """Stands where native code makes a connection's config and opens it."""

    def __init__(self, *, url: str, **_: Any) -> None:
        raise _HeardError(url)


def _heard(asks: Callable[[], Coroutine[Any, Any, Any]], instead: Any = None) -> Any:
    """Run native code up to the first thing that it would wait for, which must be what is listened for."""
    question = asks()
    try:
        with instead if instead is not None else ExitStack():
            question.send(None)
    except _HeardError as heard:
        return heard.what
    except StopIteration:
        pass
    finally:
        question.close()
    raise Unsupported(f"{asks}: it connects or waits in a way that nobody here knows to listen to")
