"""Profiles that a run is asked for, looked at before anything is installed."""

from pathlib import Path

import pytest

from conformance.running.errors import RunRefusedError
from conformance.running.profiles import check_profiles


def test_a_slip_in_a_profile_is_refused_at_once(tmp_path: Path) -> None:
    """A mistyped field costs no run: file, line, field and the nearest one are named."""
    desk = tmp_path / "desk.toml"
    desk.write_text('about = "A desk."\nextends = "default"\n[client]\nuse_reduce_onli = false\n')

    with pytest.raises(RunRefusedError, match=r"desk.toml:4: client.use_reduce_onli: .*the nearest is use_reduce_only"):
        check_profiles(["default", str(desk)])


def test_two_profiles_of_one_name_are_refused(tmp_path: Path) -> None:
    """Their cases could not be told apart."""
    desk = tmp_path / "checks.toml"
    desk.write_text('about = "A desk."\nextends = "default"\n')

    with pytest.raises(RunRefusedError, match="2 are called 'checks'"):
        check_profiles(["checks", str(desk)])
