"""How a command ends: every way has an exit code of its own, so that a fault of ours is never taken for a verdict."""

import errno
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Never

import click
from click.exceptions import Exit

#: `Decision` has the same numbers. They stand here because `--help` must not import the whole suite; a test compares.
BROKEN = 2
INCONCLUSIVE = 3
WRONG_USAGE = 4
INTERRUPTED = 128 + signal.SIGINT
#: The disk's or the user's doing, not a fault of the suite.
_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.ENOTDIR)


def stop(code: int, message: object) -> Never:
    """Print the message as an error and end with the exit code."""
    click.echo(f"Error: {message}", err=True)
    raise Exit(code)


@contextmanager
def ending_well() -> Iterator[None]:
    """Give every end its exit code.

    Left alone, click exits 2 on wrong usage and 1 on Ctrl-C, and Python 1 on a traceback: here these would say that
    the suite broke, and twice that the candidate regressed.
    """
    try:
        yield
    except click.UsageError as error:
        error.show()
        raise Exit(WRONG_USAGE) from None
    except (KeyboardInterrupt, click.Abort, EOFError):
        click.echo("\ninterrupted; nothing was left running", err=True)
        raise Exit(INTERRUPTED) from None
    except click.ClickException as error:
        error.show()
        raise Exit(BROKEN) from None
    except Exit:
        raise
    except Exception as error:  # noqa: BLE001 - the last place where it can be told from a verdict
        if isinstance(error, OSError) and error.errno in _UNWRITABLE:
            where = f" {error.filename}" if error.filename else ""
            click.echo(f"Error: cannot write{where}: {error.strerror}; make room, or write elsewhere", err=True)
            raise Exit(BROKEN) from None
        traceback.print_exception(error)
        click.echo("\nthis is a fault of the suite, not a verdict: please report it", err=True)
        raise Exit(BROKEN) from None
