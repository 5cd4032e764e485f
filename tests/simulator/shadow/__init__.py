"""A second set of books, kept from the venue's events alone, to hold the venue's own against."""
