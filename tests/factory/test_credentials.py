"""Credentials: read from the documented variables, of the right environment, and never shown."""

import logging
import os
import re
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from factory import BinanceAccountType, CredentialsError, create_binance_exec_client, environments, installed
from factory.credentials import DEMO, LIVE, TESTNET, variables_for

ONE = installed.GENERATION == 1
HAS_ENVIRONMENT = "environment" in installed.fields_of(installed.EXEC_CLIENT_CONFIG)
ENVIRONMENTS = (LIVE, TESTNET, DEMO) if HAS_ENVIRONMENT else (LIVE, TESTNET)


def ask(environment: str, *, futures: bool) -> Any:
    """Ask the factory for a client of this environment, in the way the installed version allows."""
    account = BinanceAccountType.USDT_FUTURES if futures else BinanceAccountType.SPOT
    arguments: dict[str, Any] = {"account_type": account, "testnet": environment == TESTNET}
    if environment == DEMO:
        arguments["environment"] = environments.members().DEMO
    return create_binance_exec_client(**arguments)["BINANCE"]


@pytest.fixture(params=[(each, futures) for each in ENVIRONMENTS for futures in (True, False)], ids=str)
def case(request: pytest.FixtureRequest) -> tuple[str, bool]:
    """An environment of the installed version, and whether the account is for futures."""
    found: tuple[str, bool] = request.param
    return found


@pytest.mark.parametrize(
    ("environment", "futures", "prefix"),
    [
        (LIVE, True, "BINANCE"),
        (LIVE, False, "BINANCE"),
        (TESTNET, True, "BINANCE_FUTURES_TESTNET"),
        (TESTNET, False, "BINANCE_TESTNET"),
        (DEMO, True, "BINANCE_DEMO"),
        (DEMO, False, "BINANCE_DEMO"),
    ],
)
def test_the_variables_are_the_documented_ones(environment: str, futures: bool, prefix: str) -> None:
    """Each environment and kind of account has the two variables that NautilusTrader documents for it."""
    assert variables_for(environment, futures=futures) == (f"{prefix}_API_KEY", f"{prefix}_API_SECRET")


@pytest.mark.skipif(
    not ONE, reason="2.x reads its variables in Rust, which the tests of a node cover: run a 1.x version"
)
def test_the_installed_adapter_reads_the_same_variables(case: tuple[str, bool], secrets: dict[str, str]) -> None:
    """Asked directly, the installed adapter returns the values of the variables that the factory checks."""
    from nautilus_trader.adapters.binance.common.credentials import get_api_key, get_api_secret

    environment, futures = case
    account = BinanceAccountType.USDT_FUTURES if futures else BinanceAccountType.SPOT
    native = getattr(environments.members(), environment) if HAS_ENVIRONMENT else environment == TESTNET

    read = (get_api_key(account, native), get_api_secret(account, native))

    assert read == tuple(secrets[name] for name in variables_for(environment, futures=futures))


def test_the_variables_of_one_environment_suffice(case: tuple[str, bool], environ: pytest.MonkeyPatch) -> None:
    """Nothing but the two variables of the environment asked for has to be set."""
    environment, futures = case
    for name in set(os.environ) - set(variables_for(environment, futures=futures)):
        if name.startswith("BINANCE_"):
            environ.delenv(name)

    assert ask(environment, futures=futures) is not None


@pytest.mark.parametrize("which", [0, 1], ids=["key", "secret"])
@pytest.mark.parametrize("value", [None, "", " \n\t"])
def test_a_missing_or_blank_variable_is_named(
    case: tuple[str, bool],
    environ: pytest.MonkeyPatch,
    no_secret: Callable[[str], None],
    which: int,
    value: str | None,
) -> None:
    """The error names the variable and its state; the credentials of other environments do not stand in for it."""
    environment, futures = case
    name = variables_for(environment, futures=futures)[which]
    state = "not set" if value is None else "blank"
    if value is None:
        environ.delenv(name)
    else:
        environ.setenv(name, value)

    with pytest.raises(CredentialsError, match=rf"environment variable {name} is {state}: .*set {name}") as refusal:
        ask(environment, futures=futures)

    no_secret(str(refusal.value))


def test_a_withdrawn_name_is_answered_with_its_new_name(environ: pytest.MonkeyPatch) -> None:
    """A key under the withdrawn Ed25519 name is not used; the error says how to rename it."""
    environ.delenv("BINANCE_API_KEY")
    environ.setenv("BINANCE_ED25519_API_KEY", "an-old-key")

    with pytest.raises(CredentialsError, match="rename BINANCE_ED25519_API_KEY to BINANCE_API_KEY") as refusal:
        create_binance_exec_client()

    assert "an-old-key" not in str(refusal.value)


def test_a_key_with_white_space_is_refused(environ: pytest.MonkeyPatch) -> None:
    """A key copied with a line break would be refused by the venue with a puzzling code."""
    environ.setenv("BINANCE_API_KEY", "live-key\n")

    with pytest.raises(CredentialsError, match="BINANCE_API_KEY contains white space") as refusal:
        create_binance_exec_client()

    assert "live-key" not in str(refusal.value)


def test_a_secret_may_be_a_pem_of_several_lines(environ: pytest.MonkeyPatch) -> None:
    """Ed25519 secrets are PEM texts with line breaks."""
    environ.setenv("BINANCE_API_SECRET", "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n")

    assert create_binance_exec_client() is not None


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("testnet", [False, True])
def test_a_credential_of_production_and_of_a_practice_environment_is_refused(
    environ: pytest.MonkeyPatch, no_secret: Callable[[str], None], secrets: dict[str, str], testnet: bool, which: int
) -> None:
    """Production's key under the testnet's name is never used on the testnet, nor the reverse."""
    live, practice = variables_for(LIVE, futures=True)[which], variables_for(TESTNET, futures=True)[which]
    environ.setenv(practice, secrets[live])

    with pytest.raises(
        CredentialsError, match=f"{live}.* hold the same value|{practice}.* hold the same value"
    ) as refusal:
        create_binance_exec_client(testnet=testnet)

    assert live in str(refusal.value)
    assert practice in str(refusal.value)
    no_secret(str(refusal.value))


def test_practice_environments_may_share_a_key(environ: pytest.MonkeyPatch, secrets: dict[str, str]) -> None:
    """The testnet of USDⓈ-M futures and demo trading are one server: only production must stand apart."""
    environ.setenv("BINANCE_DEMO_API_KEY", secrets["BINANCE_FUTURES_TESTNET_API_KEY"])

    assert create_binance_exec_client(testnet=True) is not None


@pytest.mark.parametrize("field", ["api_key", "api_secret"])
def test_credentials_as_arguments_are_refused_and_not_repeated(field: str) -> None:
    """An explicit credential would be shown by the config's repr on 1.x; the error names variables instead."""
    with pytest.raises(ValueError, match=rf"{field}: .*environment variable .*BINANCE_API_") as refusal:
        create_binance_exec_client(**{field: "typed-in-c0ffee"})

    assert "typed-in-c0ffee" not in str(refusal.value)


def test_an_argument_of_none_leaves_the_credentials_to_the_environment() -> None:
    """None is what the native field means by "read the variable"."""
    assert create_binance_exec_client(api_key=None, api_secret=None)["BINANCE"] is not None


def test_no_secret_in_the_config(case: tuple[str, bool], no_secret: Callable[[str], None]) -> None:
    """Neither repr nor str of the config, nor any of its fields, shows a credential."""
    environment, futures = case
    config = ask(environment, futures=futures)

    no_secret(repr(config))
    no_secret(str(config))
    no_secret(repr({"BINANCE": config}))
    no_secret(repr([getattr(config, each, None) for each in installed.fields_of(type(config))]))


def test_no_secret_in_logs(
    case: tuple[str, bool],
    no_secret: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Building a config logs and prints no credential, at any level."""
    environment, futures = case
    with caplog.at_level(logging.DEBUG):
        ask(environment, futures=futures)

    no_secret(caplog.text)
    no_secret("".join(capfd.readouterr()))


@pytest.mark.parametrize(
    "bad",
    [
        {"max_retries": 99},
        {"leverages": {"BTCUSDT": 999}},
        {"margin_types": {"BTCUSDT": "?"}},
        {"account_type": "?"},
        {"no_such_field": 1},
        {"hedge_mode": True},
        {"base_url_http": "https://testnet.binancefuture.com"},
        {"base_url_http": "https://fapi.binance.com", "testnet": True},
    ],
    ids=str,
)
def test_no_secret_in_any_refusal(no_secret: Callable[[str], None], bad: dict[str, Any]) -> None:
    """No refusal, with its whole traceback, shows a credential."""
    with pytest.raises(ValueError, match=r".") as refusal:
        create_binance_exec_client(**bad)

    no_secret("".join(traceback.format_exception(refusal.value)))


_BUILD_NODE = """
import asyncio, os, factory
from factory import installed
clients = factory.create_binance_exec_client(testnet=True)
for name in {removed}:
    del os.environ[name]
if installed.GENERATION == 1:
    from nautilus_trader.adapters.binance import BinanceLiveExecClientFactory
    from nautilus_trader.live.node import TradingNode
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    config = factory.create_tradingnode_config(clients, log_level="DEBUG", logging=dict(print_config=True))
    node = TradingNode(config, loop=loop)
    node.add_exec_client_factory("BINANCE", BinanceLiveExecClientFactory)
    node.build()
else:
    node = factory.create_livenode_builder(clients, log_level="DEBUG", logging=dict(print_config=True)).build()
print("NODE-READY", repr(node), flush=True)
os._exit(0)
"""


def test_no_secret_in_a_nodes_log(
    python: Callable[..., Any], secrets: dict[str, str], no_secret: Callable[[str], None]
) -> None:
    """A node built from the factory's configs, told to print them, at DEBUG, shows no credential."""
    done = python(_BUILD_NODE.format(removed=()), environ=secrets)

    assert "NODE-READY" in done.stdout, done.stderr
    no_secret(done.stdout + done.stderr)


@pytest.mark.parametrize("which", ["key", "secret"])
def test_nautilus_reads_the_variable_that_was_checked(
    python: Callable[..., Any], secrets: dict[str, str], no_secret: Callable[[str], None], which: str
) -> None:
    """Without the variable, the installed version fails by its name: it is the one that NautilusTrader reads.

    Every other variable is set, production's too, and is not used in its place.
    """
    name = getattr(variables_for(TESTNET, futures=True), which)

    done = python(_BUILD_NODE.format(removed=(name,)), environ=secrets)

    assert "NODE-READY" not in done.stdout
    assert re.search(rf"\b{name}\b", done.stdout + done.stderr)
    no_secret(done.stdout + done.stderr)
