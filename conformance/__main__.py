"""The entry point of the command line, `conformance` or `python -m conformance`."""

import sys

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
    from conformance.cli import main as run

    run()


if __name__ == "__main__":
    main()
