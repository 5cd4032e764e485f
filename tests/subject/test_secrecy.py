"""Secrets in the environment of the suite's processes: gone from where a subject could read them, and still known."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.running import pytest_process
from conformance.subject.secrecy import is_secret, without_secrets

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "BINANCE_FUTURES_TESTNET_API_SECRET": "hush-testnet",
    "GITHUB_TOKEN": "hush-token",
    "AWS_SECRET_ACCESS_KEY": "hush-aws",
}
HIDING = """
import os, subprocess, sys
from pathlib import Path
from conformance.subject.secrecy import hide_from_others
hide_from_others()
shown = Path("/proc/self/environ").read_text()
print("hush" in shown, "HARMLESS=yes" in shown, os.environ["GITHUB_TOKEN"])
print(subprocess.run(["sh", "-c", "echo $GITHUB_TOKEN"], capture_output=True, text=True).stdout.strip())
"""
TOLD = """
import os
from pathlib import Path
from conformance.running import lifeline
lifeline.pytest_configure()
print("hush" in Path("/proc/self/environ").read_text())
print(sorted(name for name, value in os.environ.items() if value.startswith("hush")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_secrets_are_overwritten_where_others_read() -> None:
    """What the kernel shows of the process has no secret any more; the process itself and its children have them."""
    run = subprocess.run(
        [sys.executable, "-c", HIDING],
        env={**os.environ, **SECRETS, "HARMLESS": "yes"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.split() == ["False", "True", "hush-token", "hush-token"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_pytest_is_told_credentials_over_the_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run's pytest has the testnet's, in no environment that others can read; all other secrets it has not."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    process = pytest_process.PytestProcess([sys.executable, "-c", TOLD], tmp_path / "log")
    process._process.wait(30)
    process.stop()

    assert (tmp_path / "log").read_text().split("\n")[:2] == ["False", "['BINANCE_FUTURES_TESTNET_API_SECRET']"]


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        *((name, True) for name in ("BINANCE_API_KEY", "GITHUB_TOKEN", "DB_PASSWORD", "UV_INDEX_X_PASSWORD")),
        *((name, False) for name in ("PATH", "CONFORMANCE_CACHE", "UV_DEFAULT_INDEX", "SSH_AUTH_SOCK")),
    ],
)
def test_names_tell_secrets(name: str, secret: bool) -> None:
    """By the words that such variables have; an installer keeps what it is told by its own names."""
    assert is_secret(name) is secret
    assert (name in without_secrets({name: "x"})) is not secret
    assert (name in without_secrets({name: "x"}, installing=True)) is (not secret or name.startswith("UV_"))
