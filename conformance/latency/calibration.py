"""The calibration loop: a fixed piece of work that measures how fast this machine is at this moment.

It is the work that every measured interval contains: a small request over loopback, from a process of its own to a
server made with the gateway's HTTP library, and its answer. A budget that is a multiple of it holds on a slow or busy
machine too.
"""

import asyncio
import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

ROUND_TRIPS = 200
_WARM_UP = 50
_WITHIN_S = 30
_CLIENT = Path(__file__).with_name("calibration_client.py")


class CalibrationError(RuntimeError):
    """The calibration loop did not come to its end; the message has the last words of its client."""


async def round_trips(count: int = ROUND_TRIPS) -> list[int]:
    """Return the durations in ns of `count` requests, one after another, to a bare server in this process."""
    runner = web.ServerRunner(web.Server(_answer, access_log=None))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        durations = await _measured_by_client(runner.addresses[0][1], _WARM_UP + count)
    finally:
        await runner.cleanup()
    return durations[_WARM_UP:]


def unit_ns(rounds: Sequence[Sequence[int]]) -> int:
    """Return the unit of relative budgets: the median over the rounds of each round's median round trip, in ns.

    A median of medians, so that one round on a busy machine moves no budget.
    """
    return int(statistics.median(statistics.median(durations) for durations in rounds))


async def _measured_by_client(port: int, count: int) -> list[int]:
    # Isolated: nothing of the caller's environment, such as coverage, may slow the client down.
    client = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(_CLIENT),
        str(port),
        str(count),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, errors = await asyncio.wait_for(client.communicate(), _WITHIN_S)
    except TimeoutError:
        raise CalibrationError(f"{count} round trips over loopback took more than {_WITHIN_S} s") from None
    finally:
        if client.returncode is None:
            client.kill()
            await client.wait()
    if client.returncode:
        raise CalibrationError(f"the calibration client ended with {client.returncode}: {errors.decode()[-500:]}")
    durations: list[int] = json.loads(output)
    return durations


async def _answer(request: web.BaseRequest) -> web.Response:
    await request.read()
    return web.json_response({})
