"""The control over HTTP: what it does, and who is kept from it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from yarl import URL

from conformance.gateway.server import Gateway
from conformance.gateway.upstream import Upstream
from conformance.history.entries import Note
from conformance.history.history import History
from conformance.simulator import Simulator
from conformance.simulator.control.page import _refusal, acts
from conformance.simulator.control.time import LONGEST_STEP_MS
from tests.simulator.venue_client import HttpClient, served

DEPOSIT = "/_control/deposit"
MONEY = {"args": ["USDT", "1000000"]}


@pytest.fixture
async def alone() -> AsyncIterator[HttpClient]:
    """A simulator as `conformance simulator` serves it, with its control page."""
    async with served(control_page=True) as client:
        yield client


async def test_page_does_what_the_control_does(alone: HttpClient) -> None:
    """/_control lists the acts and does them; nonsense is 400 with words, an unknown act 404, a refusal 409."""
    status, listed, _ = await alone.request("POST", "/_control")
    assert status == 200
    assert {"move_price", "set_book", "books", "advance", "fail", "state"} <= listed.keys()
    await ask(alone, "move_price", args=["BTCUSDT", "50100", "50200"])
    assert await ask(alone, "price", symbol="BTCUSDT") == "50200"
    await ask(alone, "open_position", symbol="BTCUSDT", side="LONG", quantity="0.01")
    assert (await ask(alone, "books"))["positions"][0]["positionAmt"] == "0.01"
    assert len(await ask(alone, "events")) == 4


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("move_price", {"args": ["NOPE", "1"]}, 400),
        ("move_price", {"nonsense": 1}, 400),
        ("nothing", {}, 404),
        ("place_as_other", {"symbol": "NOPE"}, 409),
        ("_find", {}, 404),
        ("advance", {"ms": LONGEST_STEP_MS + 1}, 400),
        ("advance", {"ms": 10**30}, 400),
        ("advance", {"ms": True}, 400),
        ("advance", {"ms": [1]}, 400),
        ("skew_clock", {"ms": 10**30}, 400),
        ("set_leverage", {"symbol": ["BTCUSDT"], "leverage": {}}, 400),
    ],
)
async def test_nonsense_is_explained(alone: HttpClient, path: str, body: Any, status: int) -> None:
    """What makes no sense, or would never end, is answered at once and in words."""
    answered, said, _ = await alone.request("POST", f"/_control/{path}", json=body)

    assert (answered, bool(said["error"])) == (status, True)


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 100_000])
async def test_body_that_is_no_object_is_explained(alone: HttpClient, body: bytes) -> None:
    """Broken, foreign and deeply nested JSON alike."""
    status, said, _ = await alone.request(
        "POST", "/_control/price", data=body, headers={"Content-Type": "application/json"}
    )

    assert (status, "expected a JSON object of arguments" in said["error"]) == (400, True)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_only_post_acts(alone: HttpClient, method: str) -> None:
    """A link, an image or a preflight of a page changes nothing and shows nothing."""
    before = balance(alone)
    status, said, headers = await alone.request(method, "/_control/deposit", "asset=USDT&amount=5")

    assert (status, headers["Allow"], list(said)) == (405, "POST", ["error"])
    assert "Access-Control-Allow-Origin" not in headers
    assert balance(alone) == before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:3000"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "localhost@evil.example"}, 403),
        ({"Host": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
async def test_browsers_request_for_another_site_is_refused(
    alone: HttpClient, headers: dict[str, str], status: int
) -> None:
    """Another page's form or script, and a name that was pointed at loopback, are told from a program of the owner."""
    before = balance(alone)
    given = {"Content-Type": "application/json", **headers}
    answered, said, _ = await alone.request("POST", DEPOSIT, data=json.dumps(MONEY), headers=given)

    assert (answered, list(said)) == (status, ["error"])
    assert balance(alone) == before


async def test_own_origin_and_localhost_are_allowed(alone: HttpClient) -> None:
    """A page that the simulator itself served, and a program that says localhost, are no strangers."""
    own = f"localhost:{alone.simulator.port}"
    headers = {"Host": own, "Origin": f"http://{own}", "Sec-Fetch-Site": "same-origin"}

    assert (await alone.request("POST", DEPOSIT, json=MONEY, headers=headers))[0] == 200


def test_request_from_elsewhere_is_refused() -> None:
    """Whoever is not on this machine is refused before anything is read."""

    refused = _refusal(SimpleNamespace(remote="10.0.0.1", headers={}))  # type: ignore[arg-type]
    assert refused is not None
    assert refused.status == 403


async def test_no_file_is_written(alone: HttpClient, tmp_path: Path) -> None:
    """Nobody names a path over HTTP; the state comes back as the answer, and starts a simulator again."""
    path = tmp_path / "stolen.json"
    status, _, _ = await alone.request("POST", "/_control/save", json={"path": str(path)})
    assert (status, path.exists()) == (404, False)

    await ask(alone, "deposit", **MONEY)
    path.write_text(json.dumps(await ask(alone, "state")))
    assert Simulator(state=path).control.books()["balances"] == alone.simulator.control.books()["balances"]


async def test_longest_step_ends(alone: HttpClient) -> None:
    """As far as the clock may be moved, it is moved, with a position to fund and a stream to ping on the way."""
    await ask(alone, "open_position", symbol="BTCUSDT", side="LONG", quantity="0.01")
    before = alone.simulator.control.now_ms()
    await ask(alone, "advance", ms=LONGEST_STEP_MS)

    assert alone.simulator.control.now_ms() >= before + LONGEST_STEP_MS


async def test_simulator_of_a_world_has_no_page(http: HttpClient) -> None:
    """Where a trader under test is near, it cannot make itself rich: the path is unknown, as at the venue."""
    before = balance(http)
    status, answer, _ = await http.request("POST", DEPOSIT, json=MONEY)

    assert (status, answer["code"]) == (404, -5000)
    assert balance(http) == before


@pytest.mark.parametrize("path", [DEPOSIT, "/%5fcontrol/deposit", "/%5Fcontrol%2Fdeposit", "//_control/deposit"])
async def test_page_is_never_reached_through_a_gateway(alone: HttpClient, path: str) -> None:
    """Not even of a simulator that has the page: the trader is refused, and the history says what it asked for."""
    before, history = balance(alone), History()
    async with Gateway(history, Upstream.at(alone.simulator.url)) as gateway:
        url = URL(gateway.http_url + path, encoded=True)
        async with alone.session.post(url, json=MONEY) as response:
            assert response.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await alone.session.ws_connect(url)

    assert [f"POST {path}" in note.text for note in history.of(Note)] == [True, False]
    assert balance(alone) == before


def test_every_act_is_described() -> None:
    """Every act of the control has a sentence that describes it."""
    assert all(acts().values()), acts()


async def ask(alone: HttpClient, act: str, **arguments: Any) -> Any:
    """Do an act over the page; return its result."""
    status, said, _ = await alone.request("POST", f"/_control/{act}", json=arguments)
    assert status == 200, said
    return said["result"]


def balance(client: HttpClient) -> str:
    """Return the wallet's balance in USDT."""
    rows = client.simulator.control.books()["balances"]
    return next(str(row["walletBalance"]) for row in rows if row["asset"] == "USDT")
