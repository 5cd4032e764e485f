"""Session cassettes: what was recorded is replayed with this run's ids and times, and a damaged one is refused."""

import asyncio
from pathlib import Path

import pytest
import yaml

from conformance.gateway.cassette.conversation import DriftedError
from conformance.gateway.cassette.replay import Replay
from conformance.gateway.server import Gateway
from conformance.history.entries import Answer, Frame, Request
from conformance.history.history import History
from tests.gateway.cassettes import (
    RECORDED_AT_MS,
    SHIFT_MS,
    conversation,
    nothing,
    recorder,
    recording,
    replaying,
)
from tests.gateway.client import hear, order, place, send, signed
from tests.gateway.conftest import ACCOUNT, LISTEN_KEY, TinyVenue


async def test_replay_gives_the_same_answers_and_frames_with_this_runs_ids_and_times(cassette: Path, trader) -> None:
    """Ids are bound from the live request, times rebased, and the frame's form follows the live URL."""
    async with replaying(cassette) as gateway:
        heard = await conversation(trader, gateway, "x-aHRE4BCj-R", "/stream?streams=LK", nothing)

    assert heard["listen key"] == "LISTENKEY-1"
    assert heard["before"] == []
    assert heard["answer"]["clientOrderId"] == "x-aHRE4BCj-RA-1"
    assert heard["answer"]["orderId"] == 1000
    assert heard["answer"]["updateTime"] == RECORDED_AT_MS + SHIFT_MS
    for name, kind in (("new", "NEW"), ("trade", "TRADE")):
        assert heard[name]["stream"] == "LISTENKEY-1"
        event = heard[name]["data"]
        assert (event["o"]["c"], event["o"]["x"]) == ("x-aHRE4BCj-RA-1", kind)
        assert (event["T"], event["o"]["i"]) == (RECORDED_AT_MS + SHIFT_MS, 1000)
    assert [each["clientOrderId"] for each in heard["after"]] == ["x-aHRE4BCj-RA-1"]
    assert gateway.troubles == []


async def test_reads_are_a_set_and_answer_what_was_true_at_this_point(cassette: Path, trader) -> None:
    """Made more often, or not at all, a read tells of the books before or after the writes made so far."""
    replay = Replay(cassette)
    async with Gateway(History(), None, [ACCOUNT], replay=replay) as gateway:
        before = [(await gateway.ask("GET", "/fapi/v1/openOrders", signer=ACCOUNT)).body for _ in range(3)]
        await place(trader, gateway, "A-1")
        await gateway.control("price", last="51000.0")
        after = [(await gateway.ask("GET", "/fapi/v1/openOrders", signer=ACCOUNT)).body for _ in range(3)]

    assert before == [[], [], []]
    assert [len(books) for books in after] == [1, 1, 1]
    assert replay.unmade == []


async def test_reads_of_one_moment_are_played_in_order(venue: TinyVenue, trader, tmp_path: Path) -> None:
    """What changed at the venue by itself between two reads changes in the replay, too; then the last one stays."""
    recorder_ = recorder(tmp_path / "TEST-010.yaml")
    async with recording(venue, recorder_) as gateway:
        for _ in range(2):
            await gateway.ask("GET", "/fapi/v1/openOrders", signer=ACCOUNT)
            venue.place(order("OTHER-1"))
    recorder_.save()
    async with replaying(tmp_path / "TEST-010.yaml") as gateway:
        books = [(await gateway.ask("GET", "/fapi/v1/openOrders", signer=ACCOUNT)).body for _ in range(3)]

    assert [len(each) for each in books] == [0, 1, 1]


async def test_frames_wait_for_their_cause_and_their_connection(cassette: Path, history: History, trader) -> None:
    """A frame is not released before its request, not before its control, and not into the void."""
    async with replaying(cassette, history) as gateway:
        await place(trader, gateway, "A-1")
        assert history.of(Frame) == []
        async with trader.ws_connect(gateway.stream_url + "/private/ws/LISTENKEY-1") as stream:
            assert (await hear(stream))["o"]["x"] == "NEW"
            assert len(history.of(Frame)) == 1
            await gateway.control("price")
            assert (await hear(stream))["o"]["x"] == "TRADE"


@pytest.mark.parametrize("before", [False, True])
async def test_frame_and_answer_keep_their_order(
    venue: TinyVenue, history: History, trader, tmp_path: Path, before: bool
) -> None:
    """A frame recorded before the answer of its request is released before it, one recorded after it after."""
    venue.push_before_answer = before
    recorder_ = recorder(tmp_path / "TEST-010.yaml")
    heard = History()
    async with (
        recording(venue, recorder_, heard) as gateway,
        trader.ws_connect(gateway.stream_url + f"/private/ws/{LISTEN_KEY}") as stream,
    ):
        await place(trader, gateway, "A-1")
        await hear(stream)
    recorder_.save()
    document = yaml.safe_load((tmp_path / "TEST-010.yaml").read_text())
    recorded = document["frames"][0]["before_answer"]

    async with (
        replaying(tmp_path / "TEST-010.yaml", history) as gateway,
        trader.ws_connect(gateway.stream_url + f"/private/ws/{LISTEN_KEY}") as stream,
    ):
        await place(trader, gateway, "A-1")
        await hear(stream)
    kinds = [type(record) for record in history.of(Answer, Frame)]

    assert kinds == ([Frame, Answer] if recorded else [Answer, Frame])
    assert recorded or not before


async def test_unknown_write_is_drift_and_names_the_nearest(cassette: Path, history: History, trader) -> None:
    """The error tells the parameter that differs; the trader gets no invented success."""
    async with replaying(cassette, history) as gateway:
        target = f"/fapi/v1/order?{signed(order('A-1', price='49000.0'))}"
        status, _, _ = await send(trader, gateway, "POST", target)

    assert status == 501
    (drift,) = gateway.troubles
    assert isinstance(drift, DriftedError)
    assert "POST /fapi/v1/order" in str(drift)
    assert "price was recorded as 50000, now 49000" in str(drift)
    assert ACCOUNT.sign("") not in "".join(map(repr, history))


async def test_second_write_of_a_kind_is_drift(cassette: Path, trader) -> None:
    """A write is played once: a trader that submits twice does not get the same answer twice."""
    async with replaying(cassette) as gateway:
        await place(trader, gateway, "A-1")
        await place(trader, gateway, "A-1")

    assert "once more" in str(gateway.troubles[0])


async def test_writes_that_were_never_made_are_told(cassette: Path, trader) -> None:
    """Recorded writes and controls that did not happen are listed; reads are not."""
    replay = Replay(cassette)
    async with Gateway(History(), None, [ACCOUNT], replay=replay) as gateway:
        await send(trader, gateway, "GET", "/fapi/v1/openOrders")

    assert len(replay.unmade) == 2
    assert replay.unmade[0].startswith("POST /fapi/v1/order symbol=BTCUSDT")
    assert replay.unmade[1] == "control price"


async def test_control_out_of_order_is_drift(cassette: Path) -> None:
    """The case acts on the venue as it did when recorded, or the cassette no longer fits."""
    async with replaying(cassette) as gateway:
        with pytest.raises(DriftedError, match="'price' comes next"):
            await gateway.control("fill")


async def test_faults_apply_in_replay_and_never_enter_a_cassette(
    venue: TinyVenue, history: History, trader, tmp_path: Path
) -> None:
    """A cassette holds the venue's part alone; the case arms its faults again when it is replayed."""
    recorder_ = recorder(tmp_path / "TEST-010.yaml")

    async def case(gateway: Gateway) -> list[int]:
        gateway.faults.answer("POST /fapi/v1/order", 429, {"code": -1003, "msg": "Too many requests"}, times=2)
        gateway.faults.answer("POST /fapi/v1/order", 503, "Unknown error", processed=True)
        target = f"/fapi/v1/order?{signed(order('A-1'))}"
        return [(await send(trader, gateway, "POST", target))[0] for _ in range(3)]

    async with recording(venue, recorder_) as gateway:
        live = await case(gateway)
    document = yaml.safe_load(recorder_.save().read_text())
    async with replaying(tmp_path / "TEST-010.yaml", history) as gateway:
        replayed = await case(gateway)

    assert live == replayed == [429, 429, 503]
    assert [each["response"]["status"]["code"] for each in document["interactions"]] == [200]
    assert gateway.troubles == []


async def test_frame_on_two_connections_is_recorded_once_and_replayed_on_both(
    venue: TinyVenue, trader, tmp_path: Path
) -> None:
    """While a trader changes streams it has two: the venue tells both, and so does a replay, once each."""
    recorder_, target = recorder(tmp_path / "TEST-010.yaml"), f"/private/ws/{LISTEN_KEY}"
    async with (
        recording(venue, recorder_) as gateway,
        trader.ws_connect(gateway.stream_url + target) as one,
        trader.ws_connect(gateway.stream_url + target) as other,
    ):
        await place(trader, gateway, "A-1")
        await hear(one), await hear(other)
        for _ in range(2):
            await venue.push({"e": "ACCOUNT_UPDATE", "T": 1, "E": 1, "a": {}})
        await venue.push({"e": "ORDER_TRADE_UPDATE", "T": 1, "E": 1, "o": {"c": "A-1", "x": "LAST"}})
        assert [(await hear(one))["e"] for _ in range(3)] == [(await hear(other))["e"] for _ in range(3)]
    document = yaml.safe_load(recorder_.save().read_text())

    async with (
        replaying(tmp_path / "TEST-010.yaml") as gateway,
        trader.ws_connect(gateway.stream_url + target) as one,
        trader.ws_connect(gateway.stream_url + target) as other,
    ):
        await place(trader, gateway, "A-1")
        heard = [[(await hear(stream))["e"] for _ in range(4)] for stream in (one, other)]

    assert len(document["frames"]) == 4
    assert heard == [["ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE", "ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE"]] * 2


async def test_account_update_follows_its_orders_request(venue: TinyVenue, trader, tmp_path: Path) -> None:
    """An event that names no order belongs to the order's event of the same transaction, not to a later request."""
    recorder_ = recorder(tmp_path / "TEST-010.yaml")
    async with (
        recording(venue, recorder_) as gateway,
        trader.ws_connect(gateway.stream_url + f"/private/ws/{LISTEN_KEY}") as stream,
    ):
        for name in ("A-1", "A-2"):
            await place(trader, gateway, name)
            await hear(stream)
        await venue.push({"e": "ACCOUNT_UPDATE", "T": 77, "E": 78, "a": {}})
        await venue.push({**venue.event(venue.open_orders[0], "TRADE"), "T": 77})
        await hear(stream), await hear(stream)
    frames = yaml.safe_load(recorder_.save().read_text())["frames"]

    assert [frame["after"] for frame in frames] == [1, 2, 1, 1]


async def test_read_in_another_versions_form_is_recorded_too(
    venue: TinyVenue, history: History, trader, tmp_path: Path
) -> None:
    """1.x asks v3/positionRisk and 2.x v2: a cassette of either answers both. Once for each state of the venue."""
    recorder_ = recorder(tmp_path / "TEST-010.yaml")
    async with recording(venue, recorder_, history) as gateway:
        for _ in range(3):
            await send(trader, gateway, "GET", f"/fapi/v3/positionRisk?{signed({})}")
        await place(trader, gateway, "A-1")
        await send(trader, gateway, "GET", f"/fapi/v3/positionRisk?{signed({})}")
    recorder_.save()
    async with replaying(tmp_path / "TEST-010.yaml") as gateway:
        answered = [
            await send(trader, gateway, "GET", f"/fapi/v{number}/positionRisk?{signed({})}") for number in (2, 3)
        ]

    assert [status for status, _, _ in answered] == [200, 200]
    asked = [record.path for record in history.of(Request) if record.by == "suite"]
    assert asked == ["/fapi/v2/positionRisk"] * 2


async def test_ws_api_is_replayed_from_its_own_list(venue: TinyVenue, trader, tmp_path: Path) -> None:
    """Answers carry the live request's id; session upkeep may be done in another way than recorded."""
    recorder_ = recorder(tmp_path / "TEST-010.yaml")
    async with recording(venue, recorder_) as gateway, trader.ws_connect(gateway.ws_api_url) as socket:
        await socket.send_json({"id": "0", "method": "session.logon", "params": {"apiKey": ACCOUNT.api_key}})
        await hear(socket)
        await socket.send_json({"id": "1", "method": "order.place", "params": order("W-1")})
        await hear(socket)
    recorder_.save()

    async with replaying(tmp_path / "TEST-010.yaml") as gateway, trader.ws_connect(gateway.ws_api_url) as socket:
        await socket.send_json({"id": 9, "method": "userDataStream.start", "params": {}})
        assert (await hear(socket))["result"]["listenKey"] == "LISTENKEY-1"
        await socket.send_json({"id": 7, "method": "order.place", "params": order("x-aHRE4BCj-RW-1")})
        reply = await hear(socket)
        await socket.send_json({"id": 8, "method": "order.place", "params": order("W-2")})
        drifted = await hear(socket)

    assert (reply["id"], reply["result"]["clientOrderId"]) == (7, "x-aHRE4BCj-RW-1")
    assert reply["result"]["updateTime"] == RECORDED_AT_MS + SHIFT_MS
    assert drifted["status"] == 501
    assert "client order id was recorded as W-1, now W-2" in str(gateway.troubles[0])


async def test_order_recorded_over_http_answers_the_ws_api(cassette: Path, trader) -> None:
    """A 2.x trader that trades over the WS API replays what a 1.x trader recorded over REST."""
    async with (
        replaying(cassette) as gateway,
        trader.ws_connect(gateway.stream_url + "/private/ws/LISTENKEY-1") as stream,
        trader.ws_connect(gateway.ws_api_url) as socket,
    ):
        await socket.send_json({"id": "r", "method": "order.place", "params": order("x-aHRE4BCj-RA-1")})
        reply, event = await asyncio.gather(hear(socket), hear(stream))

    assert (reply["status"], reply["result"]["orderId"]) == (200, 1000)
    assert event["o"]["c"] == "x-aHRE4BCj-RA-1"
