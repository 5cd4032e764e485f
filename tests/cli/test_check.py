"""`conformance check` judges any stored history, without a subject, a world or a case."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.cli import cli
from tests.invariants.histories import Scripted


def check(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(cli, ["check", *map(str, arguments)])


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A history that obeys."""
    path = tmp_path / "sound.jsonl"
    Scripted().event("OrderDenied").history.write(path)
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A history that does not."""
    path = tmp_path / "deep" / "broken.jsonl"
    Scripted().request("POST /fapi/v1/order", signature="invalid", newClientOrderId="T-1").history.write(path)
    return path


def test_sound_history_passes(sound: Path) -> None:
    """One line says so, and with the option what happened."""
    found = check(sound)
    assert (found.exit_code, "all invariants hold" in found.output) == (0, True)
    assert "OrderDenied" not in found.output
    assert "OrderDenied" in check(sound, "--timeline").output


def test_broken_history_is_shown(sound: Path, broken: Path, tmp_path: Path) -> None:
    """Each violation with its signature, then the timeline; a folder is searched."""
    found = check(tmp_path)
    assert found.exit_code == 1
    assert "invariant 5: invalid signature on POST /fapi/v1/order" in found.output
    assert "#1 POST /fapi/v1/order" in found.output
    assert "2 histories, 1 break an invariant" in found.output
    assert "→ venue" not in check(broken, "--no-timeline").output


def test_what_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    """A damaged file, and a folder without any."""
    damaged = tmp_path / "damaged.jsonl"
    damaged.write_text("{")
    found = check(damaged)
    assert (found.exit_code, "damaged.jsonl:1" in found.output) == (4, True)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert (check(empty).exit_code, "no *.jsonl" in check(empty).output) == (4, True)
