"""The proof itself, which takes its time: only where CONFORMANCE_PROOF=nightly asks for it."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli.vacuity import command

pytestmark = [
    pytest.mark.skipif(os.environ.get("CONFORMANCE_PROOF") != "nightly", reason="CONFORMANCE_PROOF is not nightly"),
    pytest.mark.timeout(7200),
]


def test_no_case_passes_on_a_trader_that_is_worth_nothing_without_a_reason(tmp_path: Path) -> None:
    """Every pass on a worthless trader is explained, and every explanation explains one."""
    ended = CliRunner().invoke(command, ["--nautilus", "1.231.0", "--results", str(tmp_path), "-n", "6"])

    assert ended.exit_code == 0, ended.output
