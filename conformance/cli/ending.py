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

#: `Decision` has the same numbers. They stand here because `--help` must not import the whole suite; a test compares.
BROKEN = 2
INCONCLUSIVE = 3
WRONG_USAGE = 4
INTERRUPTED = 128 + signal.SIGINT
#: As the shell says it of `conformance … | head -1`, whose output nobody reads to its end.
UNREAD = 128 + signal.SIGPIPE
#: The disk's, the system's or the user's doing, not a fault of the suite.
_UNWRITABLE = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO),
    *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP),
    *(errno.EMFILE, errno.ENFILE),
)


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
    """Tell the user of every end but a verdict, whose command has told it already, and give it its exit code."""
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
    except Exception as error:  # noqa: BLE001 - the last place where it can be told from a verdict
        with suppress(OSError):
            if isinstance(error, OSError) and error.errno in _UNWRITABLE:
                click.echo(f"Error: {unwritable(error)}", err=True)
            else:
                traceback.print_exception(error)
                click.echo("\nthis is a fault of the suite, not a verdict: please report it", err=True)
        raise Exit(BROKEN) from None


def unwritable(error: OSError) -> str:
    """Return what to tell a user who has named, or has, a place that cannot be written."""
    where = f" {error.filename}" if error.filename else ""
    return f"cannot write{where}: {error.strerror}; make room, or write elsewhere"


def _read_by_nobody() -> None:
    """Send the rest of the output nowhere: Python flushes it at exit, and would fail again, with another exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
