"""Source mutants of a 1.x adapter, which is Python: one seeded change each, laid over the installed version."""
