"""What an order costs, as a multiple of a bare aiohttp handler: `python -m tests.simulator.benchmark_speed`.

Both serve over a keep-alive loopback connection, each in a process of its own: the bare one parses the same request
and returns a fixed body. Prints the ratio with empty books and with 10,000 orders in them, the time of 1,000 price
moves with 200 algo orders waiting, and the memory that a finished order takes.
"""

import asyncio
import gc
import json
import multiprocessing
import statistics
import time
import tracemalloc
from decimal import Decimal
from multiprocessing.connection import Connection
from urllib.parse import parse_qsl

from aiohttp import web

from conformance.simulator import Options, Simulator
from tests.simulator.venue_client import ORDER, VenueClient, sign

ORDERS, ROUNDS, STANDING = 400, 5, 10_000
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


async def _median_us(port: int, tag: str) -> float:
    """Return the median time of one order over one connection, in microseconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times: list[float] = []
    for number in range(ORDERS):
        query = (
            "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.010&price=49000"
            f"&newClientOrderId={tag}{number}&timestamp={time.time_ns() // 1_000_000}"
        )
        head = (
            f"POST {ORDER}?{query}&signature={sign(query)} HTTP/1.1\r\nHost: x\r\nX-MBX-APIKEY: simulator-key\r\n\r\n"
        )
        start = time.perf_counter()
        writer.write(head.encode())
        raw = await reader.readuntil(b"\r\n\r\n")
        length = int(
            next(line for line in raw.split(b"\r\n") if line.lower().startswith(b"content-length")).split(b":")[1]
        )
        body = await reader.readexactly(length)
        times.append((time.perf_counter() - start) * 1e6)
        assert b'"orderId"' in body, body
    writer.close()
    return statistics.median(times)


async def _compare() -> dict[str, float]:
    kinds = ("bare", "empty", "full")
    context = multiprocessing.get_context("spawn")
    ports: dict[str, int] = {}
    servers = []
    for kind in kinds:
        ours, theirs = context.Pipe()
        server = context.Process(target=_run, args=(theirs, kind), daemon=True)
        server.start()
        servers.append(server)
        ports[kind] = ours.recv()
    try:
        rounds = [
            {kind: await _median_us(ports[kind], f"{kind}-{number}-") for kind in kinds} for number in range(ROUNDS)
        ]
    finally:
        for server in servers:
            server.terminate()
    return {kind: statistics.median(row[kind] for row in rounds) for kind in kinds}


def _price_moves_s() -> float:
    client = VenueClient(OPTIONS)
    for number in range(200):
        client.algo(trigger=str(30_000 + number))
    start = time.perf_counter()
    for number in range(1000):
        client.control.move_price("BTCUSDT", 49_000 + number)
    return time.perf_counter() - start


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


def main() -> None:
    """Run everything and print it."""
    costs = asyncio.run(_compare())
    print(f"a bare handler            {costs['bare']:8.0f} us")
    for kind, words in (("empty", "an order, empty books"), ("full", f"an order, {STANDING} in the books")):
        print(f"{words:25} {costs[kind]:8.0f} us   {costs[kind] / costs['bare']:.2f} x   (at most 2.5 x)")
    print(f"1,000 price moves, 200 algo orders waiting: {_price_moves_s():.3f} s   (under 1 s)")
    print(f"memory of a finished order: {_bytes_per_order():.0f} bytes   (under 4096)")


if __name__ == "__main__":
    main()
