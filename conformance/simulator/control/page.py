"""The control over HTTP, for a simulator running alone: `POST /_control`, for a program on this machine.

`POST /_control` lists the acts. `POST /_control/<act>` with a JSON object of its arguments (or `{"args": […]}`) does
one. Numbers are strings, as everywhere.

Whoever reaches it can move money, and a page in a browser on this machine reaches loopback too. So a browser's request
for another site is refused: by its method, its content type, its Origin, and, where a name of that site was pointed at
loopback, by its Host. No act reads or writes a file.
"""

import inspect
import json
from decimal import Decimal
from typing import Any

from aiohttp import web

from conformance.binance.hosts import host_of, is_loopback
from conformance.simulator.control.acts import ControlError
from conformance.simulator.control.protocol import Controls
from conformance.simulator.errors import Refusal

PATH = "/_control"
NOT_SERVED = ("observe", "save")
"""What takes a function of the caller's own process, or a path."""
LARGEST_BODY = 1024 * 1024


def acts() -> dict[str, str]:
    """Return every act that is served by name, with the first line of its description."""
    return {
        name: (inspect.getdoc(member) or "").partition("\n")[0]
        for name, member in vars(Controls).items()
        if not name.startswith("_") and name not in NOT_SERVED
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _answer(body: Any, status: int = 200, **headers: str) -> web.Response:
    content = json.dumps(body, default=_plain).encode()
    return web.Response(status=status, body=content, content_type="application/json", headers=headers)


def _refusal(request: web.BaseRequest) -> web.Response | None:
    """Return the refusal of a request that no program on this machine makes on purpose, None for others."""
    headers = request.headers
    host = headers.get("Host", "")
    if not is_loopback(request.remote or ""):
        return _answer({"error": "the control is answered on loopback only"}, 403)
    if request.method != "POST":
        return _answer(
            {"error": f"the control is asked by POST, not by {request.method}: POST {PATH} lists"}, 405, Allow="POST"
        )
    if not is_loopback(host_of(f"//{host}")):
        return _answer({"error": f"expected the Host 127.0.0.1, localhost or ::1, got {host[:80]!r}"}, 403)
    if (origin := headers.get("Origin")) is not None and origin != f"http://{host}":
        return _answer({"error": f"a page of {origin[:80]!r} may not use the control"}, 403)
    if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return _answer({"error": "a page of another site may not use the control"}, 403)
    if request.can_read_body and request.content_type != "application/json":
        return _answer({"error": f"expected Content-Type: application/json, got {request.content_type}"}, 415)
    return None


class ControlPage:
    """Serves the acts of `Controls`; no other attribute of the control can be reached by name."""

    def __init__(self, control: Controls) -> None:
        self._control = control

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request under /_control."""
        if (refused := _refusal(request)) is not None:
            return refused
        name = request.path.removeprefix(PATH).strip("/")
        known = acts()
        if not name:
            return _answer(known)
        if name not in known:
            return _answer({"error": f"no act {name[:80]!r}; POST {PATH} lists them"}, 404)
        try:
            args, kwargs = await self._arguments(request)
            member = getattr(self._control, name)
            result = member(*args, **kwargs) if callable(member) else member
        except Refusal as refusal:
            return _answer({"error": str(refusal), "refusal": refusal.body()}, 409)
        except (ControlError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError) as error:
            return _answer({"error": f"{name}: {error}"}, 400)
        return _answer({"result": result})

    @staticmethod
    async def _arguments(request: web.BaseRequest) -> tuple[list[Any], dict[str, Any]]:
        if request.content_length is not None and request.content_length > LARGEST_BODY:
            raise ControlError(f"a body of at most {LARGEST_BODY} bytes is read")
        raw = await request.text() if request.can_read_body else ""
        if not raw:
            return [], {}
        try:
            body = json.loads(raw, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise ControlError(f"expected a JSON object of arguments ({error})") from error
        if not isinstance(body, dict):
            raise ControlError("expected a JSON object of arguments")
        args = body.pop("args", [])
        return (args if isinstance(args, list) else [args]), body
