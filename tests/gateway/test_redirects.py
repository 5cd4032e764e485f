"""Redirects: in whatever form they come, neither the gateway nor the trader goes where they lead."""

import aiohttp
import pytest

from conformance.gateway.redirect import RedirectError
from conformance.gateway.server import Gateway
from conformance.history.entries import Answer, Connection, Note, Request
from conformance.history.history import History
from tests.gateway.client import order, send, signed
from tests.gateway.conftest import ACCOUNT, LISTEN_KEY, TinyVenue

PRODUCTION = "fstream.binance.com"
FULL_WIDTH = "".join(chr(ord(letter) + 0xFEE0) for letter in "fstream") + ".binance.com"
FORMS = {
    "Location": (302, {"Location": f"https://{PRODUCTION}/ws"}),
    "URI": (307, {"URI": f"https://{PRODUCTION}/ws"}),
    "full-width": (308, {"Location": f"https://{FULL_WIDTH}/ws"}),
    "same host": (301, {"Location": "/ws/elsewhere"}),
    "loopback": (303, {"Location": "http://127.0.0.1:9/ws"}),
    "nowhere": (302, {}),
    "use proxy": (305, {"Location": f"https://{PRODUCTION}"}),
    "choices": (300, {"Location": f"https://{PRODUCTION}"}),
}


@pytest.fixture
def lead_astray(venue: TinyVenue, request: pytest.FixtureRequest) -> int:
    """Let the venue answer everything with a redirect of the form asked for; return its status."""
    venue.redirect = FORMS[request.param]
    return venue.redirect[0]


every_form = pytest.mark.parametrize("lead_astray", FORMS, indirect=True)


@every_form
async def test_upgrade_is_never_redirected(gateway: Gateway, history: History, trader, lead_astray: int) -> None:
    """The trader's connection is cut, the history says that it was redirected, and the case shows nothing."""
    with pytest.raises(aiohttp.ClientError) as cut:
        await trader.ws_connect(gateway.stream_url + f"/private/ws/{LISTEN_KEY}")

    assert getattr(cut.value, "status", None) != lead_astray
    assert {type(trouble) for trouble in gateway.troubles} == {RedirectError}
    said = history.of(Note)[0].text
    assert f"LISTENKEY-1 was redirected: the world answered {lead_astray}, a redirect to" in said
    assert history.of(Connection) == []


@every_form
async def test_order_is_never_redirected(
    gateway: Gateway, venue: TinyVenue, history: History, trader, lead_astray: int
) -> None:
    """No redirect is passed on to the trader, which would take order and key past the gateway."""
    with pytest.raises(aiohttp.ClientError):
        await send(trader, gateway, "POST", f"/fapi/v1/order?{signed(order('A-1'))}", allow_redirects=False)

    assert [type(trouble) for trouble in gateway.troubles] == [RedirectError]
    (asked,), (answer,) = history.of(Request), history.of(Answer)
    assert (answer.to, answer.ended, answer.status) == (asked.id, "redirected", lead_astray)
    assert "POST /fapi/v1/order" in history.timeline()
    assert f"{lead_astray} redirect refused" in history.timeline()
    assert venue.received == []


@every_form
async def test_suites_own_request_is_never_redirected(gateway: Gateway, history: History, lead_astray: int) -> None:
    """What the suite asks of the world itself stays with that world too."""
    with pytest.raises(RedirectError, match="neither followed nor passed on"):
        await gateway.ask("GET", "/fapi/v1/openOrders", {}, ACCOUNT)

    assert [answer.status for answer in history.of(Answer)] == [lead_astray]


async def test_fault_cannot_redirect_either(gateway: Gateway, trader) -> None:
    """An answer that a case scripts is no way around it: the headers that lead elsewhere are taken off."""
    gateway.faults.answer("GET /fapi/v1/time", 200, {}, headers={"Refresh": "0; url=https://fapi.binance.com"})

    _, _, headers = await send(trader, gateway, "GET", "/fapi/v1/time")

    assert "Refresh" not in headers


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("http://localhost:9/moved", True),
        ("http://127.0.0.1:9/fapi/v1/order", True),
        ("http://fapi.binance.com:9/moved", False),
        ("http://localhost.evil.com:9/moved", False),
        # Libraries differ in what of these is the host.
        (r"http://fapi.binance.com\@localhost:9/moved", False),
        ("http://fapi.binance.com@localhost:9/moved", False),
        ("http://localhost:9@fapi.binance.com/moved", False),
        ("//localhost:9/moved", False),
        ("https://localhost:9/moved", False),
        ("http://localhost:9/\tmoved", False),
    ],
)
async def test_fault_redirects_within_this_machine_alone(gateway: Gateway, trader, to: str, leads: bool) -> None:
    """A case may lead a trader to another name of this machine, and to no other host."""
    gateway.faults.answer("POST /fapi/v1/listenKey", 307, {}, headers={"Location": to})
    if leads:
        status, _, headers = await send(trader, gateway, "POST", "/fapi/v1/listenKey", allow_redirects=False)
        assert (status, headers["Location"]) == (307, to)
    else:
        with pytest.raises(aiohttp.ClientError):
            await send(trader, gateway, "POST", "/fapi/v1/listenKey", allow_redirects=False)


async def test_a_place_is_told_by_redirects_alone(gateway: Gateway, trader) -> None:
    """What an answer of another status says of a place is not handed on."""
    gateway.faults.answer("GET /fapi/v1/time", 200, {}, headers={"Location": "http://fapi.binance.com/x"})

    _, _, headers = await send(trader, gateway, "GET", "/fapi/v1/time")

    assert "Location" not in headers
