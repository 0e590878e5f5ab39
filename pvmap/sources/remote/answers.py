"""What an answer that is none means: worth another try, not there, or refused, each in one sentence."""

from __future__ import annotations

import json

from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from pvmap.errors import FetchError
from pvmap.opening import reason_of
from pvmap.sources.remote.addresses import shown

# 529 is PVGIS' word for overload; what a request itself has wrong (400, 401, 403, 404, 406, 422) stays wrong
PASSING = frozenset({408, 429, 500, 502, 503, 504, 529})
CHUNK = 1 << 16
LONGEST_REASON = 200  # characters
REMEDIES = {
    401: "see the key in the environment",
    403: "the provider refuses this address or key; see its terms",
    404: "the provider does not have it, or no longer under this name",
    406: "state who you are: contact under [fetch]",
    407: "the proxy wants a name and a password: write them into the address in HTTPS_PROXY",
    422: "the provider does not know this place or period",
}


class Again(Exception):
    """Something that may pass: why, and the answer that may say when to come back."""

    def __init__(self, why: str, response: BaseHTTPResponse | None = None):
        super().__init__(why)
        self.response = response


class NotThere(FetchError):
    """The server says that it does not have this."""


def said(response: BaseHTTPResponse) -> str:
    """Return what a refusal gives as its reason in JSON, as providers of weather do; empty without one."""
    try:
        content = json.loads(response.read1(CHUNK, decode_content=True))
        told = next(filter(None, map(content.get, ("message", "reason", "messages", "detail", "title"))), "")
    except (HTTPError, OSError, ValueError, RecursionError, AttributeError):
        return ""
    return str(told)[:LONGEST_REASON].rstrip(" .")


def refuse(url: str, response: BaseHTTPResponse, told: str) -> None:
    """Raise what an answer that is none means."""
    status = response.status
    if status in PASSING:
        raise Again(f"status {status}" + (f", {told}" if told else ""), response)
    kind = NotThere if status in (404, 410) else FetchError
    raise kind(f"{shown(url)} answers {status}: {told or REMEDIES.get(status, 'it refuses what was asked')}.")


def reason(error: Exception) -> str:
    """Last part of what urllib3 says, without the objects it names."""
    return reason_of(error).rpartition(": ")[2] or type(error).__name__
