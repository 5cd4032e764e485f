"""The upstream: where the gateway relays to, never a production host of the venue."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from conformance.binance.hosts import refuse_production


@dataclass(frozen=True)
class Upstream:
    """Base URLs of a world: REST (`http…`), streams and WS API (`ws…`), each without a path.

    Raises `ProductionHostError` for a host of the production venue and `ValueError` for a malformed base.
    """

    http: str
    stream: str
    ws_api: str

    def __post_init__(self) -> None:
        for name, schemes in (("http", ("http", "https")), ("stream", ("ws", "wss")), ("ws_api", ("ws", "wss"))):
            base = getattr(self, name)
            parts = urlsplit(base)
            if parts.scheme not in schemes or not parts.hostname or parts.path.strip("/") or parts.query:
                raise ValueError(f"{name}: expected {schemes[0]}://HOST[:PORT] without a path, was {base!r}")
            refuse_production(base)
            object.__setattr__(self, name, f"{parts.scheme}://{parts.netloc}")

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the upstream that serves everything on one port, as the simulator does (`http://127.0.0.1:P`)."""
        parts = urlsplit(url)
        ws = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
        return cls(http=url.rstrip("/"), stream=ws, ws_api=ws)

    @classmethod
    def testnet(cls) -> Self:
        """Return Binance's USDⓈ-M testnet, whose REST, streams and WS API are on different hosts."""
        return cls(
            http="https://testnet.binancefuture.com",
            stream="wss://fstream.binancefuture.com",
            ws_api="wss://testnet.binancefuture.com",
        )

    @classmethod
    def demo(cls) -> Self:
        """Return Binance's demo trading, which the venue's documentation names as the testnet's successor."""
        return cls(
            http="https://demo-fapi.binance.com",
            stream="wss://demo-fstream.binance.com",
            ws_api="wss://testnet.binancefuture.com",
        )

    @property
    def host(self) -> str:
        """The REST host, as a cassette's header names it."""
        return urlsplit(self.http).hostname or ""
