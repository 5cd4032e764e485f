"""Loads the installed NautilusTrader, below its overlays, once in a process."""

import functools
import importlib
import importlib.metadata
import platform
import sys
import traceback
from typing import Any, NamedTuple

from . import overlay, protocol
from .blame import blame
from .server import MakeTrader


class LoadError(Exception):
    """The version, or what is laid over it, does not load; `status` is the exit code that says so."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Loaded(NamedTuple):
    """A version that has been imported: what the hello says of it, and what makes its traders."""

    said: dict[str, Any]
    make_trader: MakeTrader


@functools.cache
def load(overlays: tuple[str, ...]) -> Loaded:
    """Lay the overlays and import NautilusTrader, once in this process; raises `LoadError`."""
    try:
        files = overlay.lay(overlays)
    except overlay.OverlayError as error:
        print(error, file=sys.stderr, flush=True)
        raise LoadError(protocol.OVERLAY_REFUSED) from error
    version = importlib.metadata.version("nautilus_trader")
    generation = 1 if int(version.split(".")[0]) < 2 else 2
    try:
        # Imported only now: the overlay must be laid first, and only one of the two can be imported at all.
        capabilities = importlib.import_module(f".v{generation}.capabilities", __package__).found()
        fields = importlib.import_module(f".v{generation}.native", __package__).fields()
        make_trader = importlib.import_module(f".v{generation}.trader", __package__).Trader
    except Exception as error:
        if blame(error) == "trader":
            raise
        traceback.print_exc()
        raise LoadError(protocol.UNFIT) from error
    said = {
        "version": version,
        "generation": generation,
        "python": platform.python_version(),
        "capabilities": capabilities,
        "fields": fields,
        "overlay": files,
    }
    return Loaded(said, make_trader)
