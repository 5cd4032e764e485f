"""The proof that the contract bites: mutants of a version, traders that do nothing, and the record of real defects."""
