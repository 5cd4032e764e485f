"""The options of the commands that run cases: those of `conformance.running.options`, as click takes them."""

import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from conformance.running.options import DECLARED, Declared, RunOptions

type Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def run_options(*left_out: str, **changed: Mapping[str, Any]) -> Decorator:
    """Add an option for every field of `RunOptions` but those left out, and pass what was given as `options`.

    `changed` replaces arguments of `click.option` by the field's name, such as `nautilus={"required": True}`.
    """
    offered = [each for each in DECLARED if each.option.command_line and each.name not in left_out]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def gathered(**given: Any) -> Any:
            asked = {each.name: given.pop(each.name) for each in offered}
            options = RunOptions(**{name: value for name, value in asked.items() if value is not None})
            return command(options=options, **given)

        for each in reversed(offered):
            flags = (each.option.flag, "--workers") if each.name == "workers" else (each.option.flag,)
            gathered = click.option(*flags, each.name, **{**_arguments(each), **changed.get(each.name, {})})(gathered)
        return gathered

    return decorate


def _arguments(each: Declared) -> dict[str, Any]:
    """Return what `click.option` is to know of a declared option."""
    option = each.option
    kind: Any = click.Choice(option.choices) if option.choices else click.STRING
    if option.path:
        kind = click.Path(path_type=Path, exists=option.read_from, file_okay=not option.read_from)
    if each.name == "workers":
        kind = click.IntRange(min=1)
    return {
        "type": kind,
        "multiple": each.multiple,
        # Given to choices only: for click 8.5 a None would be a value, and a required option not missing.
        **({"default": each.default} if option.choices else {}),
        "show_default": bool(option.choices),
        "metavar": option.metavar,
        "help": option.help,
        "envvar": option.variable,
        "show_envvar": option.variable is not None,
        "callback": functools.partial(_checked, each),
    }


def _checked(each: Declared, ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """Return the value as `RunOptions` holds it; a wrong one is wrong usage."""
    if value is None:
        return value
    parse = each.option.parse or (lambda text: text)
    try:
        values: Iterable[Any] = value if each.multiple else (value,)
        checked = tuple(parse(one) for one in values)
    except ValueError as error:
        # click would name the variable in any case; what is to be corrected is what was given.
        given = param.name is not None and ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
        hint = f"'{each.option.flag}'" if given or not each.option.variable else each.option.variable
        raise click.BadParameter(str(error), param_hint=hint) from error
    return checked if each.multiple else checked[0]
