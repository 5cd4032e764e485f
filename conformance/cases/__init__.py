"""The contract: one module per group, one function per case."""
