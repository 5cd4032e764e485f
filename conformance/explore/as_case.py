"""A program as a case to paste: in the kit's words, with a requirement that whoever keeps it makes better."""

from collections.abc import Iterator

from conformance.explore.playhouse import Sign
from conformance.explore.program import Program
from conformance.explore.steps.faults import HoldAnswers, HoldFrames
from conformance.explore.steps.step import Step

_FIXTURES = {
    "trader": "Trader",
    "traders": "Traders",
    "market": "Market",
    "venue": "Venue",
    "faults": "Faults",
    "user_stream": "UserStream",
}


def as_case(program: Program, sign: Sign) -> str:
    """Return the source of a case that plays the program; the invariants, checked after every case, show the sign."""
    body = list(_body(program))
    source = "\n".join(body)
    fixtures = [f"{name}: {kind}" for name, kind in _FIXTURES.items() if name == "trader" or f"{name}." in source]
    listed = ", ".join(f'"{need}"' for need in program.needs)
    needs = f", needs=[{listed}]" if listed else ""
    lines = [
        f'@case("GROUP-000", rule="…"{needs})',
        f"async def test_found_by_exploration({', '.join(fixtures)}) -> None:",
        f'    """When {_sentence(program)}, the trader MUST end with the venue\'s books and break no invariant."""',
        f"    # Shows: {sign.signature}",
        *(f"    {line}" for line in body),
    ]
    return "\n".join(lines) + "\n"


def _body(program: Program) -> Iterator[str]:
    if any(isinstance(step, HoldAnswers | HoldFrames) for step in program.steps):
        yield "released = asyncio.Event()"
    for step in program.steps:
        yield from step.code()
        if not step.at_once:
            yield _settling(step)
    yield "await trader.settles()"


def _settling(step: Step) -> str:
    # Frames that are held back would hold the trader back from settling.
    return "await trader.has_its_answers()" if isinstance(step, HoldFrames | HoldAnswers) else "await trader.settles()"


def _sentence(program: Program) -> str:
    return "; then ".join(step.words() for step in program.steps)
