"""The live testnet as a world: play money, but somebody else's machines. What a case opens there is closed again.

It never starts without testnet credentials, never speaks to a production host (`gateway.upstream` refuses them), never
places an order above a cap, and never touches an account that holds anything of its own.
"""

import os
import secrets
import string
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, override

import httpx

from conformance.binance.account import Account
from conformance.binance.hosts import TEST_HOSTS
from conformance.gateway.cassette.session_file import Origin
from conformance.gateway.upstream import Upstream
from conformance.subject.orders import OrderRequest
from conformance.worlds.testnet_account import TestnetAccount
from conformance.worlds.world import World, WorldError

#: NautilusTrader's own names for the USDⓈ-M testnet's credentials, the same in every version.
KEY_VARIABLE = "BINANCE_FUTURES_TESTNET_API_KEY"
SECRET_VARIABLE = "BINANCE_FUTURES_TESTNET_API_SECRET"  # noqa: S105 - the variable's name
#: Another address of a testnet, such as a simulator that poses as one.
URL_VARIABLE = "CONFORMANCE_TESTNET_URL"
NOTIONAL_CAP = Decimal(5000)
_MARK = string.digits + string.ascii_lowercase


class TestnetWorld(World):
    """Binance's USDⓈ-M testnet, or what `CONFORMANCE_TESTNET_URL` names in its place."""

    __test__ = False  # the name begins as a test class does
    name: ClassVar[str] = "testnet"
    testnet: ClassVar[bool] = True

    def __init__(self, symbol: str = "BTCUSDT", environment: Mapping[str, str] = os.environ) -> None:
        self._symbol = symbol
        self._environment = {name: environment.get(name, "").strip() for name in (KEY_VARIABLE, SECRET_VARIABLE)}
        for name, value in self._environment.items():
            if not value:
                raise WorldError(
                    f"{name} is not set: the testnet world needs the key of a USDⓈ-M testnet account in {KEY_VARIABLE} "
                    f"and its secret in {SECRET_VARIABLE}. Production keys are never used."
                )
        self._upstream = _upstream(environment.get(URL_VARIABLE, "").strip())
        self.account = Account(self._environment[KEY_VARIABLE], secret=self._environment[SECRET_VARIABLE])
        self.order_mark = "." + "".join(secrets.choice(_MARK) for _ in range(6))
        self._kept: TestnetAccount | None = None
        self._entered = False

    @property
    @override
    def upstream(self) -> Upstream:
        return self._upstream

    @property
    @override
    def origin(self) -> Origin:
        if self._upstream.host not in TEST_HOSTS:
            return "simulator"
        return "demo" if self._upstream == Upstream.demo() else "testnet"

    @property
    @override
    def environment(self) -> Mapping[str, str]:
        return self._environment

    @override
    async def open(self, case_id: str) -> None:
        self._kept = TestnetAccount(self._upstream.http, self.account, self._symbol)
        try:
            await self._kept.enter()
        except httpx.HTTPError as error:
            raise WorldError(
                f"the testnet at {self._upstream.http} does not answer ({type(error).__name__}: {error}); "
                f"check the network, or name another in {URL_VARIABLE}"
            ) from error
        self._entered = True

    @override
    def approve(self, request: OrderRequest, last: Decimal) -> None:
        price = max(last, Decimal(request.price or 0), Decimal(request.trigger_price or 0))
        notional = Decimal(request.quantity) * price
        if notional > NOTIONAL_CAP:
            raise WorldError(
                f"order {request.client_order_id} of {notional:f} USDT is above the testnet's cap of {NOTIONAL_CAP}"
            )

    @override
    async def close(self) -> None:
        if self._kept is None:
            return
        try:
            if self._entered:
                await self._kept.leave()
        finally:
            await self._kept.close()


def _upstream(url: str) -> Upstream:
    """Return the upstream that `CONFORMANCE_TESTNET_URL` names, if any; of Binance's, all hosts that belong to it."""
    if not url:
        return Upstream.testnet()
    try:
        named = Upstream.at(url)
    except ValueError as error:
        raise WorldError(f"{URL_VARIABLE}: {error}") from error
    known = (Upstream.testnet(), Upstream.demo())
    return next((one for one in known if named.http in (one.http, one.stream.replace("wss:", "https:"))), named)
