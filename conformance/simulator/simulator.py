"""The simulator: a venue, served on a loopback port, with a control."""

from collections.abc import Callable
from pathlib import Path

from conformance.simulator.control.control import Control
from conformance.simulator.control.page import ControlPage
from conformance.simulator.control.protocol import Controls
from conformance.simulator.credentials import Credentials
from conformance.simulator.exchange import open_exchange
from conformance.simulator.legible import describe
from conformance.simulator.options import Options
from conformance.simulator.server import Server
from conformance.simulator.state import load
from conformance.simulator.streams.market_data import MarketData
from conformance.simulator.venue import Venue


class Simulator:
    """A stateful Binance USDⓈ-M futures venue.

    `exchange_info` is a file in exchangeInfo's own form (default: `fixtures/market/exchange-info.json`), with optional
    `leverage-brackets.json` and `prices.json` beside it. `state` is a saved account; without it the account has 10,000
    USDT in one-way mode. `control_page` serves the control at /_control too: only where no trader under test is near.
    """

    def __init__(
        self,
        exchange_info: Path | None = None,
        state: Path | None = None,
        credentials: Credentials | None = None,
        options: Options | None = None,
        *,
        control_page: bool = False,
    ) -> None:
        self.options = options or Options()
        self.credentials = credentials or Credentials()
        self.venue = Venue(self.options, exchange_info)
        self.exchange = open_exchange(self.venue, self.credentials)
        if state is not None:
            load(self.venue, state)
        self.market_data = MarketData(self.venue, self.exchange.hub)
        self.control: Controls = Control(self.exchange)
        self.server = Server(self.exchange, ControlPage(self.control) if control_page else None)
        self._host = "127.0.0.1"
        self.port = 0

    @property
    def url(self) -> str:
        """The REST base, `http://127.0.0.1:<port>`; streams and WS API are on the same port under ws://."""
        return f"http://{self._host}:{self.port}"

    def log_to(self, say: Callable[[str], None]) -> None:
        """Say every REST request and its answer as one legible line, without keys and signatures."""
        self.server.on_answer = lambda request, answer: say(describe(request, answer))

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on `host` and `port` (0: any free one). Raises `OSError` where the port is taken."""
        self._host = host
        self.port = await self.server.start(host, port)

    async def close(self) -> None:
        """Close every connection and stop listening."""
        await self.server.close()
