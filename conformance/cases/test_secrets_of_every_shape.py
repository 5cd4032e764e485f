"""HMAC secrets as Binance gives them out: 64 letters and digits, which may be taken for another kind of key."""

from conformance.cases.transports import OVER, configured_for
from conformance.kit import AxisValue, Market, Traders, case, limit, market_order

_KEY = "Ab3dEf7hIj9kLmN0pQrStUvWxYz1234567890AbCdEfGhIjKlMnOpQrStUvWxYz1"


class _Secret(AxisValue):
    """A secret; `words` say what it may be taken for."""

    def text(self) -> str:
        """Return the secret."""
        return _TEXTS[self.name]


_TEXTS = {
    # 48 bytes if taken for base64, as long as an Ed25519 key in PKCS#8.
    "mixed": "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
    # 32 bytes, taken for hexadecimal digits: as long as the seed of an Ed25519 key.
    "as-hex": "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9",
}
_SECRETS = (
    _Secret(name="mixed", words="64 letters and digits"),
    _Secret(name="as-hex", words="64 hexadecimal digits"),
)


@case.each(
    "KEY-510",
    axes={"secret": _SECRETS, "over": OVER},
    tier="full",
    core=["mixed.http", "as-hex.ws-api"],
    rule="Request Security: HMAC keys; API key and secret are 64 letters and digits",
    upstream=["#3861"],
    needs=["other_keys", "unrecordable", "graceful_stop"],
    profile="default",
    why="the requirement is about a key of the type HMAC",
    trader={"timeout_connection_s": 3.0, "log_level": "INFO"},
)
async def test_secret_of_any_shape_signs(traders: Traders, market: Market, secret: _Secret, over: AxisValue) -> None:
    """With an HMAC secret of {secret} the trader MUST start, place, cancel and hear over {over}."""
    trader = await traders.start_with_key(_KEY, secret.text(), **configured_for(over))

    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    await trader.holds("0.010")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await order.cancel()
    await order.reaches("CANCELED")
    await trader.settles()

    await traders.stop()
    traders.tell_no_secret()
