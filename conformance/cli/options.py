"""Options that several commands share, with their checks."""

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from conformance.worlds.names import WORLDS

#: As in `conformance.worlds.cache_database`, which takes too long to import for a command's help.
VARIABLE = "CONFORMANCE_CACHE_DATABASE"

type Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def world(*worlds: str, default: str = "simulator") -> Decorator:
    """Return the option `--world`, limited to the given ones."""
    return click.option(
        "--world",
        type=click.Choice(worlds or WORLDS),
        default=default,
        show_default=True,
        help="Who answers the trader.",
    )


def case_ids() -> Decorator:
    """Return the option `--case`, which may be repeated."""
    return click.option(
        "--case",
        "case_ids",
        metavar="ID",
        multiple=True,
        help="Only this case; may be repeated. `conformance cases` lists them.",
    )


def cache_database() -> Decorator:
    """Return the option `--cache-database`, checked: a Redis that can be used answers there."""
    return click.option(
        "--cache-database",
        metavar="HOST:PORT",
        envvar=VARIABLE,
        show_envvar=True,
        callback=_cache_database,
        help="A Redis of its own, for the cases that start a trader on what it kept there. Without one these cases are "
        "unsupported.",
    )


def _cache_database(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from conformance.worlds.cache_database import CacheDatabase, CacheDatabaseError

    try:
        database = CacheDatabase.parse(value)
        database.check()
    except CacheDatabaseError as error:
        # click would name the variable in any case; what is to be corrected is what was given.
        given = param.name is not None and ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
        raise click.BadParameter(str(error), param_hint="'--cache-database'" if given else VARIABLE) from error
    return str(database)


def overlays(whose: str) -> Decorator:
    """Return the option `--overlay`, checked: the folder exists and holds a package."""
    return click.option(
        "--overlay",
        "overlays",
        metavar="MODULE=DIR",
        multiple=True,
        callback=_overlays,
        help=f"Lay a patched package over the installed one, in {whose} process only; "
        "such as nautilus_trader.adapters.binance=./my-binance",
    )


def _overlays(_ctx: click.Context, _param: click.Parameter, values: Iterable[str]) -> tuple[str, ...]:
    checked = []
    for value in values:
        module, separator, folder = value.partition("=")
        if not separator or not all(part.isidentifier() for part in module.split(".")):
            raise click.BadParameter(
                f"{value!r}: expected MODULE=DIR, such as nautilus_trader.adapters.binance=./my-binance"
            )
        path = Path(folder).resolve()
        if not path.is_dir():
            raise click.BadParameter(f"{value!r}: there is no folder {path}")
        if not (path / "__init__.py").is_file():
            raise click.BadParameter(f"{value!r}: {path} is not a package of {module}, it has no __init__.py")
        checked.append(f"{module}={path}")
    return tuple(checked)


def check_case_ids(chosen: Iterable[str], known: Collection[str], option: str = "--case") -> None:
    """Raise a usage error for an id that no case has, naming the nearest."""
    from conformance.verdict.nearest import nearest

    for case_id in chosen:
        if case_id not in known:
            raise click.BadParameter(
                f"there is no case {case_id!r}{nearest(case_id, known)}. `conformance cases` lists them all.",
                param_hint=f"'{option}'",
            )


def check_places(
    chosen: Collection[str], cases: Mapping[str, Mapping[str, Any]], planned: Collection[str], world: str
) -> None:
    """Raise a usage error if no chosen case has a place in the world; `planned` are those that have."""
    if chosen and not planned:
        where = "; ".join(f"{case_id} runs in {', '.join(cases[case_id]['worlds'])}" for case_id in chosen)
        raise click.BadParameter(f"nothing to run in the {world} world: {where}.", param_hint="'--case'")


def check_world(name: str) -> None:
    """Raise a usage error where a run in this world could only break: the testnet without its credentials."""
    from conformance.worlds.entering import check
    from conformance.worlds.world import WorldError

    try:
        check(name)
    except WorldError as error:
        raise click.UsageError(str(error)) from error
