"""Programs: sequences of commands, market moves and faults made up from a seed, judged by the invariants alone."""
