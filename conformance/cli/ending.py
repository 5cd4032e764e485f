"""How a command ends: every way has an exit code of its own, so that a fault of ours is never taken for a verdict."""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Never

import click
from click.exceptions import Exit

from conformance.running.errors import unwritable

#: `Decision` has the same numbers. They stand here because `--help` must not import the whole suite; a test compares.
BROKEN = 2
INCONCLUSIVE = 3
WRONG_USAGE = 4
INTERRUPTED = 128 + signal.SIGINT
#: The shell's code for a command whose reader has gone, as in `conformance … | head -1`.
UNREAD = 128 + signal.SIGPIPE
_UNWRITABLE = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO),
    *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP),
    *(errno.EMFILE, errno.ENFILE),
)
"""The disk's, the system's or the user's doing, not a fault of the suite."""


def stop(code: int, message: object) -> Never:
    """Print the message as an error and end with the exit code."""
    click.echo(f"Error: {message}", err=True)
    raise Exit(code)


@contextmanager
def ending_well() -> Iterator[None]:
    """Give every end its exit code.

    Left alone, click exits 2 on wrong usage and 1 on Ctrl-C and on a closed pipe, and Python 1 on a traceback: here
    these would say that the suite broke, and three times that the candidate regressed.
    """
    try:
        with _told():
            yield
    except BrokenPipeError:
        _read_by_nobody()
        raise Exit(UNREAD) from None


@contextmanager
def _told() -> Iterator[None]:
    """Print how the command ended and exit with its code; a verdict has been printed by its command already."""
    try:
        yield
    except (Exit, BrokenPipeError):
        raise
    except click.UsageError as error:
        error.show()
        raise Exit(WRONG_USAGE) from None
    except (KeyboardInterrupt, click.Abort, EOFError):
        # The terminal may be gone, which is why it ends.
        with suppress(OSError):
            click.echo("\ninterrupted; nothing was left running", err=True)
        raise Exit(INTERRUPTED) from None
    except click.ClickException as error:
        error.show()
        raise Exit(BROKEN) from None
    except Exception as error:  # noqa: BLE001 - the last place where it can be distinguished from a verdict
        known = _known(error)
        with suppress(OSError):
            if known is not None:
                click.echo(f"Error: {error}", err=True)
            elif isinstance(error, OSError) and error.errno in _UNWRITABLE:
                click.echo(f"Error: {unwritable(error)}", err=True)
            else:
                traceback.print_exception(error)
                click.echo("\nthis is a fault of the suite, not a verdict: please report it", err=True)
        raise Exit(BROKEN if known is None else known) from None


def _known(error: Exception) -> int | None:
    """Return the exit code of an error whose message says what to do, or None for a fault of the suite."""
    # Imported late: a command that ends well needs none of them, and help must be quick.
    from conformance.datafile import DataFileError
    from conformance.history.stored import HistoryError
    from conformance.kit.catalogue import CatalogueError
    from conformance.kit.selection import SelectionError
    from conformance.latency.budgets import BudgetsError
    from conformance.proof.basis import BasisError
    from conformance.proof.book import BookError
    from conformance.proof.session import ProofError, UnknownMutantError
    from conformance.proof.upstream import UpstreamDefectsError
    from conformance.running.errors import RunError, RunRefusedError
    from conformance.subject.errors import BuildFailed, ProvisionError, UnknownVersion
    from conformance.verdict.defects import DefectsError
    from conformance.verdict.results import ResultsError
    from conformance.verdict.schema import SchemaError
    from conformance.worlds.world import WorldError

    codes: dict[type[Exception], int] = {
        RunRefusedError: WRONG_USAGE,
        UnknownVersion: WRONG_USAGE,
        DefectsError: WRONG_USAGE,
        ResultsError: WRONG_USAGE,
        BudgetsError: WRONG_USAGE,
        SchemaError: WRONG_USAGE,
        WorldError: WRONG_USAGE,
        BasisError: WRONG_USAGE,
        BookError: WRONG_USAGE,
        SelectionError: WRONG_USAGE,
        DataFileError: WRONG_USAGE,
        UnknownMutantError: WRONG_USAGE,
        ProofError: BROKEN,
        UpstreamDefectsError: WRONG_USAGE,
        BuildFailed: BROKEN,
        HistoryError: BROKEN,
        ProvisionError: INCONCLUSIVE,
        RunError: BROKEN,
        CatalogueError: BROKEN,
    }
    return next((code for kind, code in codes.items() if isinstance(error, kind)), None)


def _read_by_nobody() -> None:
    """Send the rest of the output nowhere: Python flushes it at exit, and would fail again, with another exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
