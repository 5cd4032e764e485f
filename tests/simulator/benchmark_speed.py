"""What an order costs, as a multiple of a bare aiohttp handler: `python -m tests.simulator.benchmark_speed`.

Both serve over a keep-alive loopback connection, each in a process of its own: the bare one parses the same request
and returns a fixed body; a few requests go to each in turn, so that whatever else the machine does slows all alike.
Prints the ratio with empty books and with 10,000 orders in them, the time of 1,000 price moves with 200 algo orders
waiting, and the memory that a finished order takes. Ends with 1 where one of them is beyond its bound.
"""

import asyncio
import gc
import json
import multiprocessing
import statistics
import sys
import time
import tracemalloc
from decimal import Decimal
from multiprocessing.connection import Connection
from urllib.parse import parse_qsl

from aiohttp import web

from conformance.simulator import Options, Simulator
from tests.simulator.venue_client import ORDER, VenueClient, sign

KINDS = ("bare", "empty", "full")
BLOCKS, BLOCK, WARM, STANDING = 80, 25, 200, 10_000
MOST_RATIO, MOST_MOVES_S, MOST_BYTES = 2.5, 1.0, 4096
OPTIONS = Options(enforce_order_limits=False, enforce_weight_limit=False, deposit=Decimal(10**9), max_algo_orders=1000)


async def _bare(request: web.BaseRequest) -> web.StreamResponse:
    values = dict(parse_qsl(request.raw_path.partition("?")[2]))
    assert values["symbol"]
    return web.Response(body=BODY, content_type="application/json")


BODY = json.dumps(VenueClient().order(price="49000"), separators=(",", ":")).encode()


async def _serve(pipe: Connection, kind: str) -> None:
    if kind == "bare":
        runner = web.ServerRunner(web.Server(_bare, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(runner.addresses[0][1])
    else:
        simulator = Simulator(options=OPTIONS)
        simulator.venue.market.find("BTCUSDT").symbol.max_orders = 0
        if kind == "full":
            for number in range(STANDING):
                place = simulator.control.place_as_other
                price = 47_600 + number % 2000
                place(symbol="BTCUSDT", side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.01", price=price)
        gc.freeze()
        await simulator.start()
        pipe.send(simulator.port)
    await asyncio.Event().wait()


def _run(pipe: Connection, kind: str) -> None:
    asyncio.run(_serve(pipe, kind))


class _Line:
    """A keep-alive connection that places one LIMIT order after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._count = 0
        self.times_us: list[float] = []

    async def place(self) -> None:
        """Place an order and note how long its acknowledgement took."""
        self._count += 1
        query = (
            "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&price=49000"
            f"&newClientOrderId=b{self._count}&timestamp={time.time_ns() // 1_000_000}"
        )
        head = (
            f"POST {ORDER}?{query}&signature={sign(query)} HTTP/1.1\r\nHost: x\r\nX-MBX-APIKEY: simulator-key\r\n\r\n"
        )
        start = time.perf_counter()
        self._writer.write(head.encode())
        raw = await self._reader.readuntil(b"\r\n\r\n")
        length = next(line for line in raw.split(b"\r\n") if line.lower().startswith(b"content-length"))
        body = await self._reader.readexactly(int(length.split(b":")[1]))
        self.times_us.append((time.perf_counter() - start) * 1e6)
        assert b'"orderId"' in body, body


async def _compare() -> dict[str, float]:
    """Return the median time of one order in microseconds, by kind of server."""
    context = multiprocessing.get_context("spawn")
    lines: dict[str, _Line] = {}
    servers = []
    for kind in KINDS:
        ours, theirs = context.Pipe()
        server = context.Process(target=_run, args=(theirs, kind), daemon=True)
        server.start()
        servers.append(server)
        lines[kind] = _Line(*await asyncio.open_connection("127.0.0.1", ours.recv()))
    try:
        for _ in range(BLOCKS):
            for line in lines.values():
                for _ in range(BLOCK):
                    await line.place()
    finally:
        for server in servers:
            server.terminate()
    return {kind: statistics.median(line.times_us[WARM:]) for kind, line in lines.items()}


def _price_moves_s() -> float:
    """Return how long 1,000 price moves take with 200 algo orders waiting, a quarter of them trailing."""
    client = VenueClient(OPTIONS)
    client.order(quantity="1")
    for number in range(150):
        client.algo(trigger=str(30_000 + number))
    for number in range(50):
        far = {"callbackRate": "20", "activatePrice": str(60_000 + number), "triggerPrice": None}
        client.algo(type_="TRAILING_STOP_MARKET", **far)
    start = time.perf_counter()
    for number in range(1000):
        client.control.move_price("BTCUSDT", 49_000 + number)
    spent_s = time.perf_counter() - start
    assert len(client.control.books()["algo_orders"]) == 200
    return spent_s


def _bytes_per_order(count: int = 5000) -> float:
    client = VenueClient(OPTIONS)
    client.venue.market.find("BTCUSDT").symbol.max_orders = 0
    tracemalloc.start()
    for _ in range(1200):
        client.order(newOrderRespType="RESULT")
        client.events.clear()
    client.drain()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(count):
        client.order("BUY" if number % 2 else "SELL")
        client.drain()
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return used / count


def main() -> int:
    """Run everything and print it."""
    costs = asyncio.run(_compare())
    print(f"a bare handler            {costs['bare']:8.0f} us")
    for kind, words in (("empty", "an order, empty books"), ("full", f"an order, {STANDING} in the books")):
        ratio = costs[kind] / costs["bare"]
        print(f"{words:25} {costs[kind]:8.0f} us   {ratio:.2f} x   (at most {MOST_RATIO} x)")
    moves_s, size = _price_moves_s(), _bytes_per_order()
    print(f"1,000 price moves, 200 algo orders waiting: {moves_s:.3f} s   (under {MOST_MOVES_S} s)")
    print(f"memory of a finished order: {size:.0f} bytes   (under {MOST_BYTES})")
    slow = max(costs["empty"], costs["full"]) > MOST_RATIO * costs["bare"]
    return int(slow or moves_s >= MOST_MOVES_S or size >= MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
