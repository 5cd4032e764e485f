"""Credentials: which environment variables hold them, and whether they are there.

The factory never copies a credential into a config: NautilusTrader reads the same variables itself when it builds the
client, and on 1.x the repr of a config shows every field. What is checked here is that it will find what it needs, and
that the keys of one environment are not those of another.

Source of the names: `nautilus_trader/adapters/binance/common/credentials.py` of the 1.x wheels; for 2.x
`resolve_credentials` in `crates/adapters/binance/src/common/credential.rs`. They are the same in all of them.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

LIVE, TESTNET, DEMO = "LIVE", "TESTNET", "DEMO"


class Variables(NamedTuple):
    """The names of the two environment variables that hold one pair of credentials."""

    key: str
    secret: str

    @property
    def deprecated(self) -> "Variables":
        """The pair under the names that NautilusTrader used for Ed25519 keys and has withdrawn."""
        return Variables(*(name.replace("API_", "ED25519_API_") for name in self))


PRODUCTION_VARIABLES = Variables("BINANCE_API_KEY", "BINANCE_API_SECRET")
FUTURES_TESTNET_VARIABLES = Variables("BINANCE_FUTURES_TESTNET_API_KEY", "BINANCE_FUTURES_TESTNET_API_SECRET")
SPOT_TESTNET_VARIABLES = Variables("BINANCE_TESTNET_API_KEY", "BINANCE_TESTNET_API_SECRET")
DEMO_VARIABLES = Variables("BINANCE_DEMO_API_KEY", "BINANCE_DEMO_API_SECRET")


class CredentialsError(ValueError):
    """Credentials that are missing, blank, malformed or of another environment. Names variables, never values."""


def variables_for(environment: str, *, futures: bool) -> Variables:
    """Return the variables that NautilusTrader reads in this environment for this kind of account."""
    if environment == DEMO:
        return DEMO_VARIABLES
    if environment == TESTNET:
        return FUTURES_TESTNET_VARIABLES if futures else SPOT_TESTNET_VARIABLES
    return PRODUCTION_VARIABLES


def check_credentials(environment: str, *, futures: bool, environ: Mapping[str, str] | None = None) -> None:
    """Raise `CredentialsError` unless the variables of this environment hold credentials of their own."""
    environ = os.environ if environ is None else environ
    wanted = variables_for(environment, futures=futures)
    for name, former in zip(wanted, wanted.deprecated, strict=True):
        _check_present(name, former, environment, environ)
    if environ[wanted.key].split() != [environ[wanted.key]]:
        raise CredentialsError(f"{wanted.key} contains white space: Binance would refuse it; set it to the bare key")
    _check_own(wanted, environment, environ)


def _check_present(name: str, former: str, environment: str, environ: Mapping[str, str]) -> None:
    if environ.get(name, "").strip():
        return
    state = "blank" if name in environ else "not set"
    remedy = f"rename {former} to {name}" if environ.get(former, "").strip() else f"set {name}"
    raise CredentialsError(
        f"The environment variable {name} is {state}: {environment} credentials are read from it; {remedy}"
    )


def _check_own(wanted: Variables, environment: str, environ: Mapping[str, str]) -> None:
    """A key that is also another environment's key was copied: production must not be traded with it, nor the reverse.

    Only production is compared with the others: Binance's testnet and demo trading share one server for USDⓈ-M.
    """
    practice = (FUTURES_TESTNET_VARIABLES, SPOT_TESTNET_VARIABLES, DEMO_VARIABLES)
    others = practice if environment == LIVE else (PRODUCTION_VARIABLES,)
    for other in others:
        for mine, theirs in zip(wanted, other, strict=True):
            if environ.get(theirs, "").strip() == environ[mine].strip():
                raise CredentialsError(
                    f"{mine} and {theirs} hold the same value: a production key is never used on a practice "
                    f"environment, nor the reverse; give each its own, or unset {theirs}"
                )
