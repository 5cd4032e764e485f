"""What pytest-asyncio says of a project that has not chosen its fixtures' event loop: a folder of cases need not."""

import warnings

import pytest

_UNSET = 'The configuration option "asyncio_default_fixture_loop_scope" is unset'


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Say nothing of it: each fixture of a case names its loop itself. The setting stays as the project has it.

    pytest resets the filters once every plugin is configured.
    """
    warnings.filterwarnings("ignore", message=_UNSET, category=pytest.PytestDeprecationWarning)
