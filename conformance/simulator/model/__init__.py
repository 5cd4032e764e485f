"""The model: what the venue deals in, as plain data. It stands below every other room and uses none of them."""
