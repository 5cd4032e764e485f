"""A session in any world, recorded from the tiny venue and replayed a day later."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.gateway.cassette.recorder import Recorder
from conformance.gateway.cassette.replay import Replay
from conformance.gateway.server import Gateway
from conformance.gateway.upstream import Upstream
from conformance.history.history import History
from tests.gateway.client import hear, place, send
from tests.gateway.conftest import ACCOUNT, TinyVenue

RECORDED_AT_MS = 1_700_000_000_000


LATER_MS = RECORDED_AT_MS + 90_000_000


SHIFT_MS = LATER_MS - RECORDED_AT_MS


def recorder(path: Path, **more: Any) -> Recorder:
    """Return a recorder for the case TEST-010."""
    given: dict[str, Any] = {"case": "TEST-010", "world": "simulator", "origin": "r1", "subject": "1.231.0"}
    return Recorder(path, suite="0.1.0", **{**given, **more})


def recording(venue: TinyVenue, recording_: Recorder, history: History | None = None) -> Gateway:
    """Return a gateway that records from the tiny venue."""
    upstream = Upstream.at(venue.url)
    # An empty history is falsy, so `or` would quietly take another one.
    history = History() if history is None else history
    return Gateway(history, upstream, [ACCOUNT], recorder=recording_, wall_ms=lambda: RECORDED_AT_MS)


def replaying(path: Path, history: History | None = None) -> Gateway:
    """Return a gateway that replays, a day later."""
    history = History() if history is None else history
    return Gateway(history, None, [ACCOUNT], replay=Replay(path), wall_ms=lambda: LATER_MS)


async def conversation(trader, gateway: Gateway, prefix: str, target: str, act: Callable[[], Any]) -> dict[str, Any]:
    """Hold the same session in any world: read, place, hear, control, hear, read again."""
    heard: dict[str, Any] = {}
    _, text, _ = await send(trader, gateway, "POST", "/fapi/v1/listenKey")
    heard["listen key"] = json.loads(text)["listenKey"]
    async with trader.ws_connect(gateway.stream_url + target.replace("LK", heard["listen key"])) as stream:
        heard["before"] = (await gateway.ask("GET", "/fapi/v1/openOrders", signer=ACCOUNT)).body
        heard["answer"] = await place(trader, gateway, f"{prefix}A-1")
        heard["new"] = await hear(stream)
        await gateway.control("price", last="51000.0")
        await act()
        heard["trade"] = await hear(stream)
        heard["after"] = (await gateway.ask("GET", "/fapi/v1/openOrders", signer=ACCOUNT)).body
    return heard


def files_in(folder: Path) -> list[Path]:
    """Return what is in a folder."""
    return list(folder.iterdir())


async def nothing() -> None:
    """Do nothing: in replay no venue acts."""
