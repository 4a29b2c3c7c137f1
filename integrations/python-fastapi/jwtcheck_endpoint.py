"""The fingerprint endpoint that jwtcheck asks, for FastAPI and Starlette. See docs/endpoint.md of jwtcheck."""

import base64
import hashlib
import hmac
import inspect
import math
import re
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{22,86}")
_COMMON = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_TITLES = {400: "Bad Request", 401: "Unauthorized", 429: "Too Many Requests", 503: "Service Unavailable"}


def fingerprint_endpoint(*, service, secret, tokens, accepts=lambda: (), length=8, requests=120, seconds=60,
                         on_error=lambda error: None, **told):
    """A route for `add_route`.

    service: the name that proofs are bound to. secret: asked at each request for the key that signs and verifies now, as
    bytes, or as a str that stands for its UTF-8; may be a coroutine function. accepts: the same for other keys that verify.
    tokens: who sends one of these as `Authorization: Bearer` may ask. told: instance, version, environment, algorithm, as they are.
    """
    name = service.encode()
    if not 1 <= len(name) <= 128 or re.search(rb"[\x00-\x1f\x7f]", name):
        raise ValueError("service must have 1 to 128 bytes without control characters")
    if isinstance(tokens, str) or not tokens or any(len(token) < 16 for token in tokens):
        raise ValueError("tokens must be a list of tokens of at least 16 characters")
    if not 8 <= length <= 64:
        raise ValueError("length must be from 8 to 64")
    known = [hashlib.sha256(token.encode()).digest() for token in tokens]
    # Whoever is refused has a limit of their own, so that they cannot use up that of others.
    admitted, refused = _bucket(requests, seconds), _bucket(requests, seconds)

    async def endpoint(request: Request) -> Response:
        offered = re.fullmatch(r"(?i:bearer) +([^ ]+) *", request.headers.get("authorization", ""))
        digest = hashlib.sha256((offered[1] if offered else "").encode()).digest()
        # All of them, every time: how long it takes tells nothing.
        allowed = sum([hmac.compare_digest(digest, one) for one in known]) > 0
        wait = (admitted if allowed else refused)()
        if wait:
            return _problem(429, f"Ask again in {wait} s.", {"retry-after": str(wait)})
        if not allowed:
            return _problem(401, "Send the token as Authorization: Bearer.",
                            {"www-authenticate": 'Bearer realm="jwt-fingerprint"'})
        challenges = request.query_params.getlist("challenge")
        if len(challenges) > 1 or not all(_CHALLENGE.fullmatch(one) for one in challenges):
            return _problem(400, "A challenge is 22 to 86 characters of base64url, once.")
        try:
            key = _bytes(await _value(secret))
            others = [_bytes(one) for one in await _value(accepts)]
        except Exception as error:  # What went wrong may hold the secret.
            on_error(error)
            return _problem(503, "The secret could not be read; the log of the service may say why.")
        shown = [hashlib.sha256(one).hexdigest()[:length] for one in [key, *others]]
        answer = {"fingerprint": shown[0], "accepts": list(dict.fromkeys(shown))[:64], "service": service, **told}
        for nonce in challenges:
            message = b"jwtcheck-proof-v1\n" + name + b"\n" + nonce.encode()
            mac = hmac.new(key, message, hashlib.sha256).digest()
            answer["proof"] = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        return JSONResponse(answer, headers=_COMMON)

    return endpoint


async def _value(function):
    value = function()
    return await value if inspect.isawaitable(value) else value


def _bytes(key):
    if not key:
        raise ValueError("the key is empty")
    return key.encode() if isinstance(key, str) else bytes(key)


def _problem(status, detail, headers=None):
    body = {"type": "about:blank", "title": _TITLES[status], "status": status, "detail": detail}
    return JSONResponse(body, status, {**_COMMON, **(headers or {})}, "application/problem+json")


def _bucket(requests, seconds):
    """A token bucket: 0 where a request may pass, otherwise whole seconds to wait."""
    left, last = float(requests), time.monotonic()

    def take():
        nonlocal left, last
        now = time.monotonic()
        left, last = min(requests, left + (now - last) * requests / seconds), now
        if left >= 1:
            left -= 1
            return 0
        return max(1, math.ceil((1 - left) * seconds / requests))

    return take
