"""A stateful Binance USDⓈ-M futures venue on loopback, usable alone by any Binance client.

`Simulator` serves it, `Control` acts on it (`Controls` is its type), `Credentials` says who may sign, `Options` decides
what the reference leaves open. Everything else in this folder is private to it.
"""

from conformance.simulator.control.acts import ControlError
from conformance.simulator.control.control import Control
from conformance.simulator.control.protocol import Controls
from conformance.simulator.credentials import DEFAULT_ED25519_KEY, DEFAULT_KEY, DEFAULT_SECRET, ApiKey, Credentials
from conformance.simulator.options import Options
from conformance.simulator.simulator import Simulator
from conformance.simulator.state import StateError

__all__ = [
    "DEFAULT_ED25519_KEY",
    "DEFAULT_KEY",
    "DEFAULT_SECRET",
    "ApiKey",
    "Control",
    "ControlError",
    "Controls",
    "Credentials",
    "Options",
    "Simulator",
    "StateError",
]
