"""`python -m conformance.cli …` is `conformance …`."""

from conformance.cli import main

main()
