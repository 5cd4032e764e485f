"""Loads pytest, its plugins and the suite, for the runs that are forked from this process."""

import gc
import os
import sys
import tempfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

_path = list(sys.path)
with (
    tempfile.TemporaryDirectory() as _folder,
    Path(os.devnull).open("w") as _nowhere,
    chdir(_folder),
    redirect_stdout(_nowhere),
    redirect_stderr(_nowhere),
):
    # By pytest itself, which would warn of plugins that are there already and that it has not loaded.
    pytest.main(["--nautilus", "1.0.0", "--collect-only", "-p", "no:hypothesispytest"])
sys.path[:] = _path

from conformance.kit.catalogue import contract  # noqa: E402
from conformance.worlds import simulator  # noqa: E402, F401
from tests.plugin import stand_in  # noqa: E402, F401

contract()
# A collector that goes through what is loaded would copy, in every run, the memory that all of them share.
gc.collect()
gc.freeze()
