"""The entry point of the command line, `conformance` or `python -m conformance`."""

import sys
import traceback

_BROKEN = 2
_WRONG_USAGE = 4


def main() -> None:
    """Run the command line, on a platform that it runs on."""
    if sys.platform == "win32":
        sys.stderr.write(
            "Error: conformance runs on Linux and macOS: it ends its processes by POSIX signals and groups. On Windows "
            "use it in WSL or a container.\n"
        )
        raise SystemExit(_WRONG_USAGE)
    # Imported late: on Windows the import itself would fail.
    try:
        from conformance.cli import main as run
    except Exception as error:  # noqa: BLE001 - Python would end with 1, which says that the candidate regressed
        traceback.print_exception(error)
        sys.stderr.write("\nthe suite is not installed as it should be; this is no verdict\n")
        raise SystemExit(_BROKEN) from None

    run()


if __name__ == "__main__":
    main()
