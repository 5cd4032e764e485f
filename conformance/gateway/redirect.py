"""Redirects: none is followed, and none of the world's is passed on.

The venue's interface has no redirects. One that is followed takes the key header, and one that is passed on takes a
signed order, past the gateway to a host that the suite has not checked. What counts is the status alone: libraries
differ in which header they obey and in how they read a host's name.
"""

import re

import aiohttp
import httpx

#: By the letter, since libraries read what is less plain than this in different ways: no user, no empty host, no other
#: scheme, no sign that one of them takes for a slash.
_ON_THIS_MACHINE = re.compile(r"http://(127\.0\.0\.1|localhost):[0-9]{1,5}(/[A-Za-z0-9._/-]*)?")


class RedirectError(httpx.HTTPError):
    """The world answered with a redirect, to `to` as it is written there ("" where it names no place)."""

    def __init__(self, status: int, to: str) -> None:
        self.status = status
        self.to = to
        super().__init__(
            f"the world answered {status}, a redirect to {to or 'no named place'}: neither followed nor passed on. "
            "The venue's interface has no redirects: look at what stands between here and the venue"
        )


def is_redirect(status: int) -> bool:
    """Say whether an answer's status sends its reader elsewhere, or could be read so."""
    return 300 <= status < 400


def target_of(headers: httpx.Headers) -> str:
    """Return where the headers of a redirect lead, in the order in which clients look."""
    return str(headers.get("location") or headers.get("uri") or headers.get("refresh") or "")


def stays_here(to: str) -> bool:
    """Say whether a place is on this machine, where a redirect that a case has made up itself may lead."""
    return _ON_THIS_MACHINE.fullmatch(to) is not None


async def refuse(_session: object, _context: object, params: aiohttp.TraceRequestRedirectParams) -> None:
    """Raise `RedirectError` where aiohttp would follow a redirect: its WebSockets have no option against it."""
    answer = params.response
    answer.close()
    raise RedirectError(answer.status, target_of(httpx.Headers(list(answer.raw_headers))))
