"""Stands in for pytest in the tests of the command: a real process that measures nothing and ends as it was told.

Arguments: the measurement's path, the ending — `whole`, `failed` (a round fails), `cut` (no footer), `hung` — and the
versions.
"""

import sys
import time
from pathlib import Path

from conformance.latency.measurement import MeasurementWriter, Role

from .ways import header, measured_round


def main(path: Path, ending: str, *versions: str) -> None:
    """Write two rounds of each version."""
    writer = MeasurementWriter(path, header(*versions, rounds=2))
    for number in (1, 2):
        for role, _ in zip(Role, versions, strict=False):
            writer.write(measured_round(role, number))
            if ending == "hung":
                print("waiting for nothing", flush=True)
                time.sleep(600)
            if ending == "failed":
                print("AssertionError: order LATENCY-1 stayed SUBMITTED", flush=True)
                raise SystemExit(1)
    if ending == "whole":
        writer.close()
        path.with_name("benchmark.json").write_text("{}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
