"""The fingerprint endpoint that jwtcheck asks, for FastAPI and Starlette. See docs/endpoint.md of jwtcheck.

MIT License

Copyright (c) 2026 The jwtcheck authors

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

import base64
import collections
import hashlib
import hmac
import inspect
import logging
import math
import re
import threading
import time
import traceback

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{22,86}")
_COMMON = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_TITLES = {400: "Bad Request", 401: "Unauthorized", 429: "Too Many Requests", 503: "Service Unavailable"}


def fingerprint_endpoint(*, service, tokens, secret=None, accepts=None, keys=None, length=8, requests=120, seconds=60,
                         reveal="fingerprint", on_error=None, instance=None, version=None, environment=None, algorithm=None):
    """A route for `add_route`.

    service: the name that proofs are bound to. secret: asked at each request for the key that signs and verifies now, as
    bytes, or as a str that stands for its UTF-8; a coroutine function, or a function that may block: it runs in a worker thread.
    accepts: the same for other keys that verify. keys: the `KeyRing` of the service, instead of secret, accepts and version.
    tokens: a caller that sends one of these as `Authorization: Bearer` may ask. instance, version, environment, algorithm:
    shown as they are. reveal: "proof" answers challenges alone and shows no fingerprint, which is recommended for production; the
    fingerprint of a key that is published or shorter than its hash is never shown. requests in seconds: of one caller. on_error:
    receives the error where a secret could not be read; by default what and where is logged, without the message, which may
    quote the secret.
    """
    given = {"instance": instance, "version": version, "environment": environment, "algorithm": algorithm}
    labels = {name: value for name, value in given.items() if value is not None}
    _check(service, secret, tokens, accepts, keys, version, length, requests, seconds, reveal, labels, on_error)
    log = on_error or _Log(service)
    known = [hashlib.sha256(token.encode()).digest() for token in tokens]
    # Rejected callers have limits of their own, so that they cannot use up that of others.
    admitted, refused = _Limit(requests, seconds), _Limit(requests, seconds)

    async def endpoint(request: Request) -> Response:
        offered = re.fullmatch(r"(?i:bearer) +([^ ]+) *", request.headers.get("authorization", ""))
        digest = hashlib.sha256((offered[1] if offered else "").encode()).digest()
        # All of them, every time: the time it takes shows nothing.
        allowed = sum([hmac.compare_digest(digest, one) for one in known]) > 0
        address = request.client.host if request.client else ""
        wait = admitted.take(digest) if allowed else refused.take(address)
        if wait:
            return _problem(429, f"Ask again in {wait} s.", {"retry-after": str(wait)})
        if not allowed:
            return _problem(401, "Send the token as Authorization: Bearer.",
                            {"www-authenticate": 'Bearer realm="jwt-fingerprint"'})
        challenges = request.query_params.getlist("challenge")
        if len(challenges) > 1 or not all(_CHALLENGE.fullmatch(one) for one in challenges):
            return _problem(400, "A challenge must be a single value of 22 to 86 characters of base64url.")
        try:
            if keys is not None:
                key, others, of_keys = _held(keys)
            else:
                key, of_keys = _bytes(await _value(secret), "secret"), {}
                others = _others(await _value(accepts) if accepts else ())
            answer = _answer(key, others, challenges, service=service, length=length, reveal=reveal,
                             labels={**labels, **of_keys})
        except Exception as error:  # What went wrong may hold the secret.
            _quietly(log, error)
            return _problem(503, "The secret could not be read; see the log of the service.")
        return JSONResponse(answer, headers=_COMMON)

    return endpoint


async def _value(function):
    """Functions that block, such as a client of Secret Manager, must not hold up the event loop."""
    if inspect.iscoroutinefunction(function):
        return await function()
    value = await run_in_threadpool(function)
    return await value if inspect.isawaitable(value) else value


def _held(keys):
    """What one reading of a key ring found; a replacement in between changes nothing of it."""
    now = keys.keys()
    return now.sign, now.accepts, {"version": now.version, "loadedAt": now.loaded_at.strftime("%Y-%m-%dT%H:%M:%SZ")}


# SHA-256, the first 12 hex digits, of secrets of 32 bytes or more that public code and tutorials show.
_PUBLISHED = frozenset(" ".join((
    # published digests begin
    "02a1a3ec183d 074337dc15c1 0d356ede0ba4 0f44b34c6311 103ab5dd9769 11c3e91482da 1453cea2dc37",
    "1dd62eba2864 2a1d61d5e199 3354cfcf65c7 374853915c55 465d9ad5d552 507f4a36ac60 5349820f1f4b",
    "54bdb0aece41 570dad43de1a 5aad40249465 5b29efc3a053 5df73e1aa59d 5f6a9f9ecc5c 69024f21e9ad",
    "69063827ac94 6c081c2085f0 735d2989efe7 78a6c76148cb 79ef599b03c8 820b64a145da 82640871d80a",
    "84c5cdcc56f7 889041e83687 8e78099269d5 8eecb3bfd596 9524778ec964 9877be62cd59 a064b502e61d",
    "a171a5a797ac a2460fe08434 a6a4728c0c0f abb7f5ff91d3 b13091976d23 b2e011f29299 b3cf5152a10b",
    "bf0b62edab9c c07799c18d8b c99758db33af cf03d2c69a09 d476efb08bd3 dcf46e3a16c9 e15c32d17b60",
    "e3a585830240 e5be90f49991 e9cc80630a65 fe18bd40b727",
    # published digests end
)).split())
_HASH_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}


class _KeyError(ValueError):
    """An error of this file, whose message holds nothing of a secret."""


def _others(keys):
    """The other keys. The characters of a str are no keys: from proofs of each, the str could be guessed."""
    if isinstance(keys, (str, bytes, bytearray, memoryview)):
        raise _KeyError("accepts must return a list of keys")
    return [_bytes(key, "accepts") for key in keys or ()]


def _bytes(key, option):
    if not isinstance(key, (str, bytes, bytearray, memoryview)):
        raise _KeyError(f"{option} returned neither a str nor bytes: check that its variable is set")
    if not len(key):
        raise _KeyError(f"{option} returned an empty key")
    return key.encode() if isinstance(key, str) else bytes(key)


def _answer(key, others, challenges, *, service, length, reveal, labels):
    keys = list(dict.fromkeys([key, *others]))[:64]
    least = _HASH_BYTES.get(labels.get("algorithm", "HS256"), 32)

    def shown(one):
        """The fingerprint; None where it would give the key away: it could be looked up or guessed."""
        digest = hashlib.sha256(one).hexdigest()
        return None if reveal == "proof" or len(one) < least or digest[:12] in _PUBLISHED else digest[:length]

    accepts = list(dict.fromkeys(one for one in map(shown, keys) if one))
    answer = {"fingerprint": shown(key), "accepts": accepts or None,
              "reveal": "proof" if None in map(shown, keys) else None, "service": service, **labels}
    for nonce in challenges:
        message = b"jwtcheck-proof-v1\n" + service.encode() + b"\n" + nonce.encode()
        proofs = [base64.urlsafe_b64encode(hmac.new(one, message, hashlib.sha256).digest()).rstrip(b"=").decode()
                  for one in keys]
        answer["proof"], answer["proofs"] = proofs[0], proofs if len(proofs) > 1 else None
    return {name: value for name, value in answer.items() if value is not None}


class _Log:
    """Says why a secret could not be read, at most once a minute. What fails to parse a secret often quotes it, so the
    message is left out, except of errors that are about a name, and what the system says of a file."""

    def __init__(self, service):
        self.service, self.last = service, None

    def __call__(self, error):
        now = time.monotonic()
        if self.last is not None and now - self.last < 60:
            return
        self.last = now
        message = ""
        if isinstance(error, OSError):
            # Without the file name, or the URL: a variable that should name a file may contain the secret itself.
            message = f": {error.strerror}" if error.strerror else ""
        elif isinstance(error, (_KeyError, KeyError, NameError, AttributeError, ImportError)):
            # A name, such as that of a missing setting: no digits, for a secret has some.
            message = f": {error}" if re.fullmatch(r"[A-Za-z_ .,:'()-]{1,120}", str(error)) else ""
        frame = traceback.extract_tb(error.__traceback__)[-1:]
        where = f" at {frame[0].filename}:{frame[0].lineno} in {frame[0].name}" if frame else ""
        logging.getLogger("jwtcheck").error(
            "the secret of %r could not be read (on_error receives the whole error): %s%s%s", self.service,
            type(error).__name__.lstrip("_"), message, where)


def _quietly(on_error, error):
    """A log that fails is no reason not to answer."""
    try:
        on_error(error)
    except Exception:
        logging.getLogger("jwtcheck").warning("on_error failed")


def _check(service, secret, tokens, accepts, keys, version, length, requests, seconds, reveal, labels, on_error):
    if keys is not None and (secret, accepts, version) != (None, None, None):
        raise ValueError("keys replaces secret, accepts and version")
    if keys is not None and not callable(getattr(keys, "keys", None)):
        raise ValueError("keys must be a KeyRing")
    if keys is None and not (callable(secret) and (accepts is None or callable(accepts))):
        raise ValueError("secret and accepts must be functions, asked at each request; or pass keys, a KeyRing")
    if not isinstance(service, str) or not 1 <= len(service.encode()) <= 128 or re.search(r"[\x00-\x1f\x7f]", service):
        raise ValueError("service must have 1 to 128 bytes without control characters")
    # No request could present another one.
    if not isinstance(tokens, (list, tuple, set, frozenset)) or not tokens or not all(
            isinstance(token, str) and re.fullmatch(r"[\x21-\x7e]{16,}", token) for token in tokens):
        raise ValueError("tokens must be a list of tokens of at least 16 characters of visible ASCII without spaces")
    # Shown as they are: anything else would be, too, with all that it contains.
    if not all(isinstance(label, str) for label in labels.values()):
        raise ValueError("instance, version, environment and algorithm must be strings")
    if on_error is not None and not callable(on_error):
        raise ValueError("on_error must be a function")
    if not isinstance(length, int) or not 8 <= length <= 64:
        raise ValueError("length must be from 8 to 64")
    if not (requests >= 1 and seconds > 0):
        raise ValueError("requests and seconds must allow at least one request")
    if reveal not in ("fingerprint", "proof"):
        raise ValueError('reveal must be "fingerprint" or "proof"')


def _problem(status, detail, headers=None):
    body = {"type": "about:blank", "title": _TITLES[status], "status": status, "detail": detail}
    return JSONResponse(body, status, {**_COMMON, **(headers or {})}, "application/problem+json")


class _Limit:
    """A token bucket for each caller, so that none can use up what others have; the callers that were seen last keep theirs."""

    def __init__(self, requests, seconds):
        self.most, self.rate = float(requests), requests / seconds
        self.buckets, self.lock = collections.OrderedDict(), threading.Lock()

    def take(self, caller):
        """0 where a request may pass, otherwise whole seconds to wait."""
        with self.lock:
            now = time.monotonic()
            left, last = self.buckets.pop(caller, (self.most, now))
            left = min(self.most, left + (now - last) * self.rate)
            passes = left >= 1
            self.buckets[caller] = (left - 1 if passes else left, now)
            if len(self.buckets) > 1000:
                self.buckets.popitem(last=False)
            return 0 if passes else max(1, math.ceil((1 - left) / self.rate))
