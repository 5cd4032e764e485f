"""How a trader can be configured, tried on the oldest and the newest of each generation."""

import asyncio
from pathlib import Path

import pytest

from conformance.gateway.forward_proxy import VENUE, ForwardProxy
from conformance.simulator import Simulator
from conformance.simulator.credentials import Credentials
from conformance.subject.errors import CommandRefused, NotSupported, SubjectMisused
from conformance.subject.subject import Subject
from tests.subject.real import (
    AT_BOTH_ENDS,
    CREDENTIALS,
    ED25519_KEY,
    ENDS,
    REAL,
    Counter,
    Events,
    config,
    order,
    submitted,
    trade,
)

pytestmark = [
    *REAL,
    pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True),
]

SYMBOL = "BTCUSDT"


async def test_streams_go_through_the_proxy_where_that_is_declared(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """Where only the proxy knows the venue, a trader trades if its streams go that way too; others do not start."""
    proxy = ForwardProxy(venue.url)
    await proxy.start()
    away = venue.url.replace("127.0.0.1", VENUE)
    streams = away.replace("http", "ws")
    clients = {name: {"proxy_url": proxy.url} for name in ("client", "data_client")}
    urls = {"http_url": away, "stream_url": streams, "ws_api_url": f"{streams}/ws-fapi/v1"}
    given = config(subject, venue, **urls, **clients, timeout_connection_s=2)
    if "proxied_streams" in subject.capabilities:
        await trade(await subject.start_trader(given, events), events, venue)
    else:
        with pytest.raises((CommandRefused, NotSupported)):
            await subject.start_trader(given, events)
    await proxy.close()


async def test_keep_alive_comes_sooner_where_it_can(
    subject: Subject, venue: Simulator, events: Events, counter: Counter
) -> None:
    """The time between two keep-alives is shortened on 1.x; on 2.x it is compiled in, and that is said."""
    given = config(subject, venue, keep_alive_ms=100, http_url=counter.url)
    if "short_keep_alive" not in subject.capabilities:
        with pytest.raises(NotSupported, match="has no keep_alive_ms"):
            await subject.start_trader(given, events)
        return

    await subject.start_trader(given, events)

    await counter.counts("PUT", "/fapi/v1/listenKey", 2)


async def test_instruments_are_asked_for_again_as_soon_as_told(
    subject: Subject, venue: Simulator, events: Events, counter: Counter
) -> None:
    """The time between two updates of the instruments is shortened on both generations."""
    given = config(subject, venue, with_data_client=True, instruments_ms=300, http_url=counter.url)

    await subject.start_trader(given, events)

    asked = counter.seen["GET", "/fapi/v1/exchangeInfo"]
    await counter.counts("GET", "/fapi/v1/exchangeInfo", asked + 2)


@pytest.mark.parametrize("wired", ["http hmac", "http ed25519", "ws-api hmac", "ws-api ed25519"])
async def test_trades_over_each_transport_with_each_key(
    subject: Subject, venue: Simulator, events: Events, counter: Counter, wired: str
) -> None:
    """Placing, amending and cancelling works over HTTP and over the WS API, where there is one, with both keys."""
    transport, key_type = wired.split()
    ed25519 = {"BINANCE_API_KEY": ED25519_KEY, "BINANCE_API_SECRET": Credentials().ed25519_private_pem}
    given = config(subject, venue, transport=transport, key_type=key_type, http_url=counter.url)
    environment = ed25519 if key_type == "ed25519" else CREDENTIALS
    if transport == "ws-api" and "ws_trading" not in subject.capabilities:
        with pytest.raises(NotSupported, match="has no transport 'ws-api'"):
            await subject.start_trader(given, events, environment=environment)
        return

    await trade(await subject.start_trader(given, events, environment=environment), events, venue)

    over_http = [counter.seen[method, "/fapi/v1/order"] for method in ("POST", "PUT", "DELETE")]
    assert over_http == ([2, 1, 1] if transport == "http" else [0, 0, 0])


@pytest.mark.parametrize("profile", ["default", "checks"])
async def test_trades_in_the_profiles_of_a_firm(
    subject: Subject, venue: Simulator, events: Events, profile: str
) -> None:
    """With the checks, the risk engine and the prices that NautilusTrader has by default, the trader trades."""
    trader = await subject.start_trader(config(subject, venue, profile), events)
    assert (await trader.command("prices"))["quotes"] == [SYMBOL]
    async with asyncio.timeout(5):
        # Again and again, as on a living market: the stream of trades may be subscribed to after that of quotes.
        while (await trader.command("prices"))["trades"] != [SYMBOL]:
            venue.control.move_price(SYMBOL, venue.control.price(SYMBOL))

    await trade(trader, events, venue)
    # 2.x values a trailing stop by the last trade.
    trailing = await submitted(
        trader, events, order("T-1", type="TRAILING_STOP_MARKET", side="SELL", callback_rate="1")
    )

    assert trailing["event"] != "OrderDenied"
    venue.control.cancel_all_as_other(SYMBOL)
    await trader.stop(graceful=True)
    await (await subject.start_trader(config(subject, venue, profile), events)).stop()


FIRM = """
about = "A desk's own."
extends = "default"
external_order_claims = ["BTCUSDT"]
optional = ["client.use_reduce_only"]

[client]
use_reduce_only = false
use_position_ids = false
use_gtd = false
recv_window_ms = 3000
futures_leverages = { BTCUSDT = 5 }
futures_margin_types = { BTCUSDT = "CROSS" }

[exec_engine]
reconciliation_lookback_mins = 1440
reconciliation_instrument_ids = ["BTCUSDT-PERP.BINANCE"]
filtered_client_order_ids = ["web_x"]

[strategy]
manage_gtd_expiry = true
"""


async def test_trades_in_a_profile_of_a_firms_own(
    subject: Subject, venue: Simulator, events: Events, tmp_path: Path
) -> None:
    """Ten native fields, plain values in a file, reach every version as its configs take them."""
    profile = tmp_path / "firm.toml"
    profile.write_text(FIRM)

    await trade(await subject.start_trader(config(subject, venue, str(profile)), events), events, venue)


async def test_execution_only_trader_is_for_the_version_to_judge(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """Without a data client 1.x trades; 2.x has no instruments: it denies the order or does not start (#4772)."""
    try:
        trader = await subject.start_trader(config(subject, venue, "execution_only"), events, within_s=20)
    except CommandRefused:
        assert subject.generation == 2
        return

    outcome = await submitted(trader, events, order("M-1", type="MARKET", side="BUY"))

    assert outcome["event"] in (ENDS - {"OrderDenied"} if subject.generation == 1 else {"OrderDenied"})


async def test_node_of_2x_that_ends_on_an_error_is_given_no_cache_database(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """It is refused, and not left out unsaid: the next trader would start on nothing."""
    if subject.generation == 2:
        given = config(subject, venue, ends_on_error=True, cache_database="127.0.0.1:1")
        with pytest.raises(SubjectMisused, match="start it without cache_database"):
            await subject.start_trader(given, events)
