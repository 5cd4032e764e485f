"""What a client does that is configured for an environment and no more: its hosts and routes, how it keeps its key.

Everywhere else the suite says where to connect, so that none of this would show. Nothing is connected here either.
"""

import re
from dataclasses import dataclass

from conformance.kit import AxisValue, Trader, case, require

_ROUTES_RULE = "Important WebSocket Change Notice: /public, /market and /private; an unrouted URL is a public one"
_TESTNET = r"(fstream\.binancefuture|stream\.binancefuture|demo-fstream\.binance)\.com"


@dataclass(frozen=True, kw_only=True)
class Address(AxisValue):
    """What a client connects to: in the forms that the venue documents, as patterns."""

    live: str
    testnet: str

    @property
    def key(self) -> str:
        """Its name in the answer."""
        return self.name.replace("-", "_")


REST = Address(
    name="rest",
    words="REST",
    live=r"https://fapi\.binance\.com",
    testnet=r"https://(demo-fapi\.binance|testnet\.binancefuture)\.com",
)
WS_API = Address(
    name="ws-api",
    words="the WS API",
    live=r"wss://ws-fapi\.binance\.com/ws-fapi/v1",
    testnet=r"wss://testnet\.binancefuture\.com/ws-fapi/v1",
)


def _stream(name: str, words: str, *routes: str, names: str) -> Address:
    return Address(
        name=name,
        words=words,
        live=rf"wss://fstream\.binance\.com({'|'.join(routes)})/(ws|stream)[/?]\S*{names}",
        # The testnet's streams come on unrouted URLs too [TEST 2026-09].
        testnet=rf"wss://{_TESTNET}(|{'|'.join(routes)})/(ws|stream)[/?]\S*{names}",
    )


ADDRESSES = (
    REST,
    _stream("user-stream", "its user stream", "/private", names="LISTENKEY"),
    _stream("mark-prices", "mark prices", "/market", names=r"btcusdt@markPrice\S*"),
    _stream("quotes", "quotes", "/public", "", names="btcusdt@bookTicker"),
    _stream("trades", "trades", "/market", "/public", "", names="btcusdt@(trade|aggTrade)"),
)


@case.each(
    "URL-010",
    axes={"environment": ("live", "testnet"), "address": ADDRESSES},
    tier="full",
    core=["live.rest", "live.user-stream", "live.mark-prices", "live.quotes", "testnet.rest", "testnet.user-stream"],
    rule=_ROUTES_RULE,
    needs=["shipped_urls", "unrecordable"],
)
async def test_documented_address_is_used(trader: Trader, environment: str, address: Address) -> None:
    """Where no URL is configured, a {environment} client MUST look for {address} at its documented host and route."""
    wanted: str = getattr(address, environment)

    url = (await trader.shipped(testnet=environment == "testnet"))[address.key]

    require(re.fullmatch(wanted, url) is not None, f"the documented address of {address.words}", seen=url)


@case.each(
    {"URL-030": {"environment": "live"}, "URL-031": {"environment": "testnet"}},
    rule="WebSocket API General Info: base endpoint",
    needs=["shipped_urls", "ws_api_logon", "unrecordable"],
    tier="full",
    core=["URL-030"],
)
async def test_documented_ws_api_is_used(trader: Trader, environment: str) -> None:
    """Where no URL is configured, a {environment} client MUST log on at the documented address of the WS API."""
    wanted: str = getattr(WS_API, environment)

    url = (await trader.shipped(testnet=environment == "testnet"))[WS_API.key]

    require(re.fullmatch(wanted, url) is not None, "the documented address of the WS API", seen=url)


@case.each(
    {
        "URL-040": {"configured": "wss://gate.house/private"},
        "URL-041": {"configured": "wss://gate.house/private/ws"},
        "URL-042": {"configured": "wss://gate.house/binance/private"},
    },
    rule=f"{_ROUTES_RULE}; a house's own gateway has the venue's routes below an address of its own",
    needs=["shipped_urls", "ws_api_logon", "unrecordable"],
    tier="full",
    core=["URL-042"],
)
async def test_configured_address_of_the_user_stream_is_used(trader: Trader, configured: str) -> None:
    """A client that is given {configured} for its user stream MUST open the listen key on the /private/ws below it."""
    route = f"{configured.removesuffix('/ws')}/ws"

    url = (await trader.shipped(streams=configured))["user_stream"]

    require(re.fullmatch(rf"{re.escape(route)}[?/]\S*LISTENKEY", url) is not None, f"{route} with the key", seen=url)


#: Of the forms in which the venue's documents have had the address of its streams.
_FORMS = (
    "",
    "/",
    "/ws",
    "/stream",
    *(f"/{route}{end}" for route in ("private", "public", "market") for end in ("", "/ws", "/stream")),
)


@case(
    "URL-950",
    rule=f"{_ROUTES_RULE}; events of the account come on /private alone",
    needs=["shipped_urls", "ws_api_logon", "unrecordable"],
)
async def test_venues_own_address_in_any_form_leads_to_the_private_route(trader: Trader) -> None:
    """A client that is given the venue's own host for its user stream, in any form, MUST open its key on /private."""
    urls = [(await trader.shipped(streams=f"wss://fstream.binance.com{form}"))["user_stream"] for form in _FORMS]

    wanted = re.compile(r"wss://fstream\.binance\.com/private/(ws|stream)[/?]\S*LISTENKEY")
    others = [(form, url) for form, url in zip(_FORMS, urls, strict=True) if wanted.fullmatch(url) is None]
    require(not others, "the key opened on /private", seen=others)


_VALID_S, _OFTEN_ENOUGH_S = 3600.0, 60.0


@case(
    "STRM-605",
    rule="Keepalive User Data Stream: a listen key is valid for 60 minutes; each keep-alive costs weight",
    card="TC-E84",
    needs=["shipped_urls", "unrecordable"],
)
async def test_key_is_kept_alive_within_its_validity(trader: Trader) -> None:
    """A listen key MUST be kept alive before its 60 minutes are over, and SHOULD NOT be more often than each minute."""
    seconds = float((await trader.shipped())["keep_alive_s"])

    between = f"at least {_OFTEN_ENOUGH_S:g} s and less than {_VALID_S:g} s between two keep-alives"
    require(_OFTEN_ENOUGH_S <= seconds < _VALID_S, between, seen=f"{seconds:g} s")
