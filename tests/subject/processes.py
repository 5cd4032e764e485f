"""Waiting for the end of a process that is not a child of the tests."""

import os
import select


def ends(pid: int, within_s: float) -> bool:
    """Return whether the process ends in time; one that has ended already, and been reaped, has."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], within_s)[0])
    finally:
        os.close(descriptor)
