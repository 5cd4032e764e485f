"""What a step raises that cannot be taken."""


class Impossible(Exception):  # noqa: N818 - it is no error: a program may ask for what is not there any more
    """The step cannot be taken as things stand, such as the fill of an order that has ended; the program goes on."""
