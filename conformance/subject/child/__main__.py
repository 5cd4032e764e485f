"""Starts the child: `<the subject's python> -I …/child/__main__.py --factory DIR --commands FD --answers FD …`.

Loads this package and the factory by path. Nothing is put on `sys.path`, so neither the suite's own dependencies nor
its other rooms can be imported here by accident: the subject's environment stays exactly what was installed.
"""

import argparse
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType


def load_package(name: str, folder: Path) -> ModuleType:
    """Import the package in `folder` under `name`, without touching `sys.path`."""
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is not a Python package")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Read the arguments, tie this process to its parent, load the packages and serve until the stop command."""
    given = _arguments().parse_args()
    load_package("child", Path(__file__).resolve().parent)

    # The package has just been given this name.
    from child import fork_server, guard, lifeline, loading, protocol, server, serving  # type: ignore[import-not-found]

    by_kernel = given.parent_watched_by_kernel
    commands, answers = given.commands, given.answers
    if given.fork_server is not None:

        def load() -> object:
            load_package("factory", given.factory)
            return loading.load(tuple(given.overlay))

        # Returns in each subject that it forks.
        commands, answers = fork_server.serve(given.fork_server, load, by_kernel=by_kernel)
    # Files the node opens or processes it starts must not inherit the protocol.
    os.set_inheritable(commands, False)
    os.set_inheritable(answers, False)
    parent = guard.stand(given.parent, (commands, answers), by_kernel=by_kernel)
    lifeline.hold_on_to(parent, commands, by_kernel=by_kernel or parent != given.parent)
    # Before anything of the version runs, which could read it too.
    key = protocol.read_key(commands)
    if given.fork_server is None:
        load_package("factory", given.factory)
    return int(serving.run(commands, server.Answers(answers, key), given.overlay))


def _arguments() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description="The NautilusTrader side of the conformance suite.")
    arguments.add_argument("--factory", type=Path, required=True, help="folder of the factory package")
    arguments.add_argument("--parent", type=int, required=True, help="process id to end with")
    arguments.add_argument("--parent-watched-by-kernel", action="store_true", help="also ask Linux to end this process")
    arguments.add_argument("--commands", type=int, help="file descriptor to read commands from")
    arguments.add_argument("--answers", type=int, help="file descriptor to write answers to")
    arguments.add_argument("--fork-server", type=int, metavar="FD", help="fork subjects as asked for on this socket")
    arguments.add_argument("--overlay", action="append", default=[], metavar="MODULE=DIR")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
