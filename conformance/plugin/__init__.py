"""The pytest plugin. Until `--nautilus` is given it adds that option and nothing else: no fixture, no marker, no hook.

`pytest conformance/cases --nautilus 1.231.0 --world simulator` is all there is to a run; the command line calls this.
"""

from types import FunctionType

import pytest

from conformance.plugin.showing import runs_nothing

#: What is loaded once a version is named. Each may be read alone.
_VERSION = "conformance_nautilus"
_ROOMS = (
    "deprecations",
    "options",
    "memory",
    "selection",
    "fixtures",
    "ordering",
    "outcomes",
    "disturbed",
    "further_runs",
    "starting",
    "controller",
    "forked_workers",
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the option that everything else waits for; load the rest at once where the command line has it.

    pytest finds its root folder by what it takes for paths on the command line: an option that it does not know yet
    would have its value taken for one.
    """
    group = parser.getgroup("conformance", "NautilusTrader conformance")
    group.addoption("--nautilus", dest=_VERSION, metavar="VERSION", help="The NautilusTrader version to run cases on.")
    config = pluginmanager.get_plugin("pytestconfig")
    if config is not None and any(str(each).startswith("--nautilus") for each in config.invocation_params.args):
        _load(pluginmanager)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Load the rest where `addopts` or, in a worker, the controlling process names the version."""
    if getattr(early_config.known_args_namespace, _VERSION):
        _load(early_config.pluginmanager)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to run cases on no version: as plain tests they would ask for fixtures that do not exist."""
    if config.getoption(_VERSION) or runs_nothing(config) or not any(map(_is_case, items)):
        return
    if hasattr(config, "workeroutput"):
        # pytest-xdist takes a worker that stops here for one that has crashed.
        items[:] = [item for item in items if not _is_case(item)]
        return
    raise pytest.UsageError("which NautilusTrader? Give --nautilus VERSION, such as --nautilus newest")


def _load(pluginmanager: pytest.PytestPluginManager) -> None:
    from conformance.plugin.memory import begins_after_collection

    begins_after_collection()
    for room in _ROOMS:
        # One that is there already stays as it is.
        pluginmanager.import_plugin(f"{__name__}.{room}")


def _is_case(item: pytest.Item) -> bool:
    test = getattr(item, "function", None)
    # As `conformance.kit.metadata` marks them; importing it for every pytest that runs beside it would cost time.
    return isinstance(test, FunctionType) and "__conformance_cases__" in vars(test)
