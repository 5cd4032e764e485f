"""Whether the subject's environment is unchanged at the end of a run: if not, the run shows nothing."""

import pytest

from conformance.plugin.showing import runs_nothing
from conformance.subject.errors import EnvironmentDamaged
from conformance.subject.installations import Installation, confirm_undamaged


class Soundness:
    """Looks at the environment once all cases have ended, on the controlling process."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._problem: str | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let the run count as cut short where the environment was damaged meanwhile: its results get no footer."""
        installed: Installation | None = getattr(self._config, "conformance_installation", None)
        if installed is None or installed.identity is None or runs_nothing(self._config):
            return
        try:
            confirm_undamaged(installed)
        except EnvironmentDamaged as error:
            self._problem = str(error)
            session.shouldfail = self._problem

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say it last, where who reads the log's last lines finds it."""
        if self._problem is not None:
            terminalreporter.write_line(self._problem, red=True)
