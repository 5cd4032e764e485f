"""The simulator as a world: a fresh venue for every case, in this process, over real sockets."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, override

from conformance.binance.account import Account
from conformance.gateway.cassette.session_file import Origin
from conformance.gateway.upstream import Upstream
from conformance.simulator import DEFAULT_ED25519_KEY, DEFAULT_KEY, DEFAULT_SECRET, Options, Simulator
from conformance.worlds.names import KeyType
from conformance.worlds.world import World

OPTIONS = Options(lenient_routes=True)
"""NautilusTrader up to 1.222 opens its user stream unrouted, and 2.x asks for every market stream on one route."""


class SimulatorWorld(World):
    """A venue of our own, whose account has a key of each type. Its credentials are public and open nothing else."""

    name: ClassVar[str] = "simulator"

    def __init__(self, options: Options = OPTIONS, key_type: KeyType = "hmac") -> None:
        """`key_type` is that of the key which trader and suite sign with."""
        self._simulator = Simulator(options=options)
        if key_type == "ed25519":
            self._secret = self._simulator.credentials.ed25519_private_pem
            self.account = Account(DEFAULT_ED25519_KEY, private_key=self._secret)
        else:
            self._secret = DEFAULT_SECRET
            self.account = Account(DEFAULT_KEY, secret=DEFAULT_SECRET)

    @property
    @override
    def upstream(self) -> Upstream:
        return Upstream.at(self._simulator.url)

    @property
    @override
    def origin(self) -> Origin:
        return "simulator"

    @property
    @override
    def environment(self) -> Mapping[str, str]:
        return {"BINANCE_API_KEY": self.account.api_key, "BINANCE_API_SECRET": self._secret}

    @override
    async def open(self, case_id: str) -> None:
        await self._simulator.start()

    @override
    def adds_key(self, key: Account) -> None:
        self._simulator.credentials.add_hmac(key.api_key, key.secret or "")

    @override
    async def move_price(self, symbol: str, path: tuple[Decimal, ...]) -> None:
        self._simulator.control.move_price(symbol, *path)

    @override
    async def print_trade(self, symbol: str) -> None:
        self._simulator.control.print_trade(symbol)

    @override
    async def act(self, what: str, given: Mapping[str, Any]) -> None:
        getattr(self._simulator.control, what)(**given)

    @override
    async def close(self) -> None:
        await self._simulator.close()
