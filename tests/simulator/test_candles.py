"""Candles of every price, public trades of the past, and the other reads that bots make."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from conformance.simulator.model.candle import INTERVALS, following, opening
from tests.simulator.venue_client import HttpClient, VenueClient, frame, is_silent

MINUTE_MS = 60_000
KINDS = {
    "/fapi/v1/klines": "symbol=BTCUSDT",
    "/fapi/v1/markPriceKlines": "symbol=BTCUSDT",
    "/fapi/v1/premiumIndexKlines": "symbol=BTCUSDT",
    "/fapi/v1/indexPriceKlines": "pair=BTCUSDT",
    "/fapi/v1/continuousKlines": "pair=BTCUSDT&contractType=PERPETUAL",
}


def rows(client: VenueClient, path: str, **more: Any) -> list[list[Any]]:
    """Ask for candles, without a signature."""
    query = "&".join([KINDS[path], *(f"{name}={value}" for name, value in more.items())])
    answer = client.raw("GET", path, query)
    assert answer.status == 200, answer.body
    body: list[list[Any]] = answer.body
    return body


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("interval", INTERVALS)
def test_candles__of_every_kind_and_interval_hang_together(client: VenueClient, path: str, interval: str) -> None:
    """Candles follow each other without a gap, open where the last one closed, and hold their prices."""
    found = rows(client, path, interval=interval, limit=20)

    assert len(found) == 20
    assert found[-1][0] == opening(interval, client.control.now_ms())
    for row, later in pairwise(found):
        assert row[6] + 1 == later[0] == following(interval, row[0])
        assert row[4] == later[1]
    for row in found:
        low, high = Decimal(row[3]), Decimal(row[2])
        assert len(row) == 12
        assert low <= min(Decimal(row[1]), Decimal(row[4])) <= max(Decimal(row[1]), Decimal(row[4])) <= high


def test_candles__end_at_the_starting_price_and_follow_the_market(client: VenueClient) -> None:
    """The made-up past leads to the first price; from then on candles are what was traded."""
    assert Decimal(rows(client, "/fapi/v1/klines", interval="1m")[-1][4]) == 50_000
    client.order(quantity="0.100")
    client.control.move_price("BTCUSDT", "50100", "49900", "50050")
    candle = rows(client, "/fapi/v1/klines", interval="1h", limit=1)[0]

    assert (Decimal(candle[2]) >= 50_100, Decimal(candle[3]) <= 49_900, Decimal(candle[4])) == (True, True, 50_050)
    assert Decimal(rows(client, "/fapi/v1/markPriceKlines", interval="1h", limit=1)[0][4]) == 50_050
    client.control.advance(5 * MINUTE_MS)
    flat = rows(client, "/fapi/v1/klines", interval="1m", limit=3)
    assert [(Decimal(row[1]), Decimal(row[4]), Decimal(row[5]), row[8]) for row in flat] == [(50_050, 50_050, 0, 0)] * 3


def test_candles__of_the_past_are_the_same_when_asked_again(client: VenueClient) -> None:
    """A closed candle never changes, whatever happens afterwards."""
    before = rows(client, "/fapi/v1/klines", interval="15m", limit=50)[:-1]
    client.control.move_price("BTCUSDT", "53000")

    assert rows(client, "/fapi/v1/klines", interval="15m", limit=50)[:-1] == before


def test_candles__are_chosen_by_time_and_limit(client: VenueClient) -> None:
    """startTime and endTime are inclusive opening times; with a start the oldest ones come, at most 1500."""
    newest = rows(client, "/fapi/v1/klines", interval="1m", limit=10)
    start, end = newest[2][0], newest[5][0]

    assert [row[0] for row in rows(client, "/fapi/v1/klines", interval="1m", startTime=start, endTime=end)] == [
        row[0] for row in newest[2:6]
    ]
    assert len(rows(client, "/fapi/v1/klines", interval="1m", startTime=start - 1, limit=2)) == 2
    assert len(rows(client, "/fapi/v1/klines", interval="1m", limit=5000)) == 1500
    first = rows(client, "/fapi/v1/klines", interval="1d", startTime=0, limit=1)[0][0]
    assert first >= client.venue.market.find("BTCUSDT").symbol.raw["onboardDate"]


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/fapi/v1/klines", "symbol=BTCUSDT&interval=2m", -1120),
        ("/fapi/v1/klines", "symbol=BTCUSDT", -1102),
        ("/fapi/v1/klines", "symbol=NOSUCH&interval=1m", -1121),
        ("/fapi/v1/klines", "symbol=BTCUSDT&interval=1m&startTime=2&endTime=1", -1023),
        ("/fapi/v1/continuousKlines", "pair=BTCUSDT&interval=1m&contractType=WEEKLY", -4104),
        ("/fapi/v1/continuousKlines", "pair=NOSUCH&interval=1m&contractType=PERPETUAL", -4144),
        ("/fapi/v1/aggTrades", "symbol=BTCUSDT&fromId=1&startTime=1", -1128),
        ("/fapi/v1/assetIndex", "symbol=NOUSD", -1121),
    ],
)
def test_candles__refuse_nonsense(client: VenueClient, path: str, query: str, code: int) -> None:
    """Every wrong question has its code."""
    assert client.raw("GET", path, query).body["code"] == code


def test_candles__weigh_by_their_limit(client: VenueClient) -> None:
    """More candles cost more request weight: 1, 2, 5 or 10."""
    used = []
    for limit in (99, 100, 1000, 1001):
        client.control.advance(MINUTE_MS)
        answer = client.raw("GET", "/fapi/v1/klines", f"symbol=BTCUSDT&interval=1m&limit={limit}")
        used.append(answer.headers["X-MBX-USED-WEIGHT-1M"])

    assert used == ["1", "2", "5", "10"]


def test_trades__are_told_one_by_one(client: VenueClient) -> None:
    """aggTrades, trades and historicalTrades tell the same trades; the last needs an API key."""
    client.order(quantity="0.010")
    client.control.move_price("BTCUSDT", "50010")
    aggregated = client.raw("GET", "/fapi/v1/aggTrades", "symbol=BTCUSDT").body
    recent = client.raw("GET", "/fapi/v1/trades", "symbol=BTCUSDT").body
    old = client.raw("GET", "/fapi/v1/historicalTrades", f"symbol=BTCUSDT&fromId={aggregated[1]['a']}").body

    assert [row["a"] for row in aggregated] == [row["id"] for row in recent]
    assert old == recent[1:]
    assert (aggregated[0]["m"], aggregated[0]["q"], aggregated[0]["nq"]) == (False, "0.010", "0.010")
    assert client.raw("GET", "/fapi/v1/historicalTrades", "symbol=BTCUSDT", key=None).status == 401


def test_other_reads__are_there(client: VenueClient) -> None:
    """assetIndex, constituents, indexInfo and insuranceBalance answer for one symbol and for all."""
    one = client.raw("GET", "/fapi/v1/assetIndex", "symbol=BTCUSD").body
    (same,) = (row for row in client.raw("GET", "/fapi/v1/assetIndex").body if row["symbol"] == "BTCUSD")
    assert {**same, "time": one["time"]} == one, "all but the time of the answer, which moves on between two reads"
    (spot,) = client.raw("GET", "/fapi/v1/constituents", "symbol=BTCUSDT").body["constituents"]
    assert (spot["exchange"], spot["price"]) == ("binance", "50000.00000000")
    assert client.raw("GET", "/fapi/v1/indexInfo").body == []
    assert client.raw("GET", "/fapi/v1/insuranceBalance", "symbol=BTCUSDT").body["assets"][0]["asset"] == "USDT"


@pytest.mark.parametrize(
    "name", ["!markPrice@arr", "!markPrice@arr@1s", "!ticker@arr", "!miniTicker@arr", "!assetIndex@arr"]
)
async def test_streams_of_all_symbols__are_arrays_from_the_first_frame(http: HttpClient, name: str) -> None:
    """A stream of all symbols sends arrays, its first frame too."""
    socket = await http.connect(f"/market/ws/{name}")
    frames = [await frame(socket) for _ in range(2)]

    assert all(isinstance(body, list) and len(body) >= 3 for body in frames)


@pytest.mark.parametrize(
    ("name", "event"), [("btcusdt@kline_1m", "kline"), ("btcusdt_perpetual@continuousKline_1m", "continuous_kline")]
)
async def test_candle_streams__close_one_and_open_the_next(http: HttpClient, name: str, event: str) -> None:
    """A candle is told at once and after a trade; when its time is over, closed, and the next one opened."""
    socket = await http.connect(f"/market/ws/{name}")
    first = await frame(socket)
    http.simulator.control.move_price("BTCUSDT", "50100")
    traded = await frame(socket)
    http.simulator.control.advance(MINUTE_MS)
    shown = [await frame(socket) for _ in range(2)]
    while shown[-1]["k"]["t"] == first["k"]["t"]:
        shown.append(await frame(socket))

    assert {body["e"] for body in (first, traded, *shown)} == {event}
    assert (Decimal(traded["k"]["c"]), traded["k"]["x"]) == (50_100, False)
    assert (shown[-2]["k"]["x"], shown[-2]["k"]["t"]) == (True, traded["k"]["t"])
    assert (shown[-1]["k"]["o"], shown[-1]["k"]["t"]) == (shown[-2]["k"]["c"], shown[-2]["k"]["T"] + 1)


async def test_rpi_depth_stream__tells_changes(http: HttpClient) -> None:
    """The rpiDepth stream comes on the public route and tells changes of the book."""
    socket = await http.connect("/public/ws/btcusdt@rpiDepth@500ms")
    assert await is_silent(socket)
    http.simulator.control.set_book("BTCUSDT", [("49999", "1")], [("50001", "1")])

    assert (await frame(socket))["e"] == "depthUpdate"


async def test_force_order_stream__tells_liquidations(http: HttpClient) -> None:
    """Everyone hears of a liquidation, by symbol and of all."""
    sockets = [await http.connect(f"/market/ws/{name}") for name in ("btcusdt@forceOrder", "!forceOrder@arr")]
    http.simulator.control.open_position("BTCUSDT", "LONG", "0.010")
    http.simulator.control.liquidate("BTCUSDT")

    for socket in sockets:
        body = await frame(socket)
        assert (body["e"], body["o"]["S"], body["o"]["q"]) == ("forceOrder", "SELL", "0.01")
