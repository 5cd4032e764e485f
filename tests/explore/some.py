"""Some programs, made up."""

import itertools

from conformance.explore.generating import made_up
from conformance.explore.weights import load_weights

SOME = list(itertools.islice(made_up(load_weights(), 7), 120))
