"""The suite's own keeping of the testnet account: patient with limits, stubborn about leaving it flat."""

from typing import Any

import httpx
import pytest
import respx

from conformance.binance.account import Account
from conformance.worlds.testnet_account import TestnetAccount
from conformance.worlds.world import WorldError

BASE = "https://testnet.invalid"
LIMITED = httpx.Response(429, json={"code": -1003, "msg": "Too many requests"}, headers={"Retry-After": "7"})


class Pauses(list[float]):
    """What was waited for, without waiting."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    """Remembers pauses instead of making them."""
    return Pauses()


@pytest.fixture
def kept(pauses: Pauses) -> TestnetAccount:
    """An account at a venue that a test scripts."""
    return TestnetAccount(BASE, Account("key", secret="secret"), "BTCUSDT", pause=pauses)


def flat(venue: respx.MockRouter, used: str = "10") -> None:
    """Script a venue where the account holds nothing."""
    headers = {"X-MBX-USED-WEIGHT-1M": used}
    venue.get("/fapi/v1/symbolConfig").respond(json=[{"symbol": "BTCUSDT", "leverage": 20}], headers=headers)
    for path in ("/fapi/v1/openOrders", "/fapi/v1/openAlgoOrders", "/fapi/v3/positionRisk"):
        venue.get(path).respond(json=[], headers=headers)
    for path in ("/fapi/v1/allOpenOrders", "/fapi/v1/algoOpenOrders"):
        venue.delete(path).respond(json={"code": 200})


@pytest.fixture
def venue() -> Any:
    """A scripted venue."""
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        yield router


async def test_case_begins_at_once_where_limits_allow(kept: TestnetAccount, pauses: Pauses, venue: Any) -> None:
    """With little of the limit used, nothing is waited for; nor where the testnet answers -1."""
    for used in ("10", "-1", "", "x"):
        flat(venue, used)
        await kept.enter()
    assert pauses == []


async def test_case_waits_for_room_in_the_limits(kept: TestnetAccount, pauses: Pauses, venue: Any) -> None:
    """A case begins when the venue's count has started anew, so that no trader is refused for earlier cases."""
    flat(venue, used="2000")
    counts = iter(["2001", "2002", "1"])
    venue.get("/fapi/v1/time").mock(
        side_effect=lambda _: httpx.Response(200, json={}, headers={"X-MBX-USED-WEIGHT-1M": next(counts)})
    )
    await kept.enter()
    assert pauses == [1, 1, 1]


async def test_refusal_for_limits_is_waited_out(kept: TestnetAccount, pauses: Pauses, venue: Any) -> None:
    """Leaving flat does not end at a 429: it waits as long as the venue says, and asks again."""
    flat(venue)
    cancel = venue.delete("/fapi/v1/allOpenOrders")
    cancel.side_effect = [LIMITED, LIMITED, httpx.Response(200, json={"code": 200})]
    await kept.leave()
    assert pauses == [7, 7]
    assert cancel.call_count == 3


async def test_ban_beyond_patience_is_said(kept: TestnetAccount, pauses: Pauses, venue: Any) -> None:
    """A ban longer than a run can wait is an error at once, in the venue's words."""
    flat(venue)
    venue.get("/fapi/v1/openOrders").respond(418, json={"code": -1003, "msg": "banned"}, headers={"Retry-After": "900"})
    with pytest.raises(WorldError, match=r"418.*banned"):
        await kept.enter()
    assert pauses == []


async def test_order_that_fills_meanwhile_is_closed_too(kept: TestnetAccount, venue: Any) -> None:
    """A stop that triggers while everything is cancelled leaves a position, which is closed in another round."""
    flat(venue)
    held = [{"symbol": "BTCUSDT", "positionAmt": "-0.010"}]
    venue.get("/fapi/v3/positionRisk").side_effect = [httpx.Response(200, json=rows) for rows in (held, [])]
    closing = venue.post("/fapi/v1/order").respond(json={"orderId": 1})
    await kept.leave()
    sent = closing.calls.last.request.url.params
    assert (sent["side"], sent["quantity"], sent["reduceOnly"]) == ("BUY", "0.010", "true")


async def test_account_that_stays_held_is_an_error(kept: TestnetAccount, venue: Any) -> None:
    """What cannot be closed is said, with what to do; it is tried three times, not for ever."""
    flat(venue)
    venue.get("/fapi/v1/openOrders").respond(json=[{"orderId": 1}])
    with pytest.raises(WorldError, match="still holds 1 orders and 0 positions in BTCUSDT: close them by hand"):
        await kept.leave()
    assert venue.delete("/fapi/v1/allOpenOrders").call_count == 3


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, text="<html>bad gateway"),
        httpx.Response(200, text="<html>maintenance"),
        httpx.Response(302, headers={"location": "https://fapi.binance.com"}),
    ],
)
async def test_anything_else_is_an_error(kept: TestnetAccount, venue: Any, answer: httpx.Response) -> None:
    """A gateway's page and a redirect, wherever it leads, end the case; neither is followed or believed."""
    flat(venue)
    venue.get("/fapi/v1/openOrders").mock(return_value=answer)
    with pytest.raises(WorldError, match=rf"GET /fapi/v1/openOrders with {answer.status_code}"):
        await kept.enter()
