"""The calibration loop: a fixed piece of work that tells how fast this machine is at this moment.

It is the work that every measured interval contains: a small request over loopback and its answer, through the same
HTTP library that the gateway is made of. A budget that is a multiple of it holds on a slow machine too.
"""

import statistics
import time

import aiohttp
from aiohttp import web

ROUND_TRIPS = 200
_WARM_UP = 50
_HOST = "127.0.0.1"


async def round_trips(count: int = ROUND_TRIPS) -> list[int]:
    """Return the durations in ns of `count` requests, one after another, to a bare server in this process."""
    runner = web.ServerRunner(web.Server(_answer, access_log=None))
    await runner.setup()
    try:
        await web.TCPSite(runner, _HOST, 0).start()
        url = f"http://{_HOST}:{runner.addresses[0][1]}/"
        async with aiohttp.ClientSession(trust_env=False) as client:
            durations = [await _round_trip(client, url) for _ in range(_WARM_UP + count)]
    finally:
        await runner.cleanup()
    return durations[_WARM_UP:]


def unit_ns(rounds: list[list[int]]) -> int:
    """Return the unit of relative budgets: the median over the rounds of each round's median round trip, in ns.

    A median of medians, so that one round on a busy machine moves no budget.
    """
    return int(statistics.median(statistics.median(durations) for durations in rounds))


async def _round_trip(client: aiohttp.ClientSession, url: str) -> int:
    start = time.monotonic_ns()
    async with client.post(url, data=b"calibration") as answer:
        await answer.read()
    return time.monotonic_ns() - start


async def _answer(request: web.BaseRequest) -> web.Response:
    await request.read()
    return web.json_response({})
