"""Kept programs: what exploration once found, in the words in which it was found (docs/exploration.md)."""

from conformance.explore.kept import KeptProgram, load_kept
from conformance.kit import Faults, Market, Traders, UserStream, Venue, case


@case.each(
    {kept.name: {"program": kept} for kept in load_kept()},
    rule="General info; the invariants",
)
async def test_kept_program(
    traders: Traders,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    program: KeptProgram,
) -> None:
    """When {program}, the trader MUST break no invariant, and MUST have the venue's books once it is left in peace."""
    # Not at import: listing the contract must not load what plays it.
    from conformance.explore.playing import play
    from conformance.explore.stage import Stage

    stage = Stage(
        traders=traders,
        market=market,
        venue=venue,
        faults=faults,
        user_stream=user_stream,
        unhurried=program.unhurried,
    )
    await play(program.program, stage)
