"""When pytest only lists tests or fixtures, and runs none."""

import pytest


def runs_nothing(config: pytest.Config) -> bool:
    """Whether pytest was asked to show something (cases, fixtures, a plan) and to run none of it."""
    shows = ("collectonly", "setupplan", "showfixtures", "show_fixtures_per_test")
    return any(getattr(config.option, name, False) for name in shows)
