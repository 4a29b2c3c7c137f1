"""The fingerprint endpoint that jwtcheck asks, as WSGI middleware for Flask and others. See docs/endpoint.md of jwtcheck."""

import base64
import hashlib
import hmac
import json
import math
import re
import threading
import time
from urllib.parse import parse_qs

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{22,86}")
_TITLES = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 405: "Method Not Allowed", 429: "Too Many Requests",
           503: "Service Unavailable"}


class FingerprintEndpoint:
    """Answers at `path`, and hands everything else to `app`.

    service: the name that proofs are bound to. secret: a function, asked at each request for the key that signs and
    verifies now, as bytes, or as a str that stands for its UTF-8. accepts: the same for other keys that verify. tokens: who sends
    one of these as `Authorization: Bearer` may ask. told: instance, version, environment, algorithm, as they are.
    """

    def __init__(self, app, *, path, service, secret, tokens, accepts=lambda: (), length=8, requests=120, seconds=60,
                 on_error=lambda error: None, **told):
        name = service.encode()
        if not 1 <= len(name) <= 128 or re.search(rb"[\x00-\x1f\x7f]", name):
            raise ValueError("service must have 1 to 128 bytes without control characters")
        if isinstance(tokens, str) or not tokens or any(len(token) < 16 for token in tokens):
            raise ValueError("tokens must be a list of tokens of at least 16 characters")
        if not 8 <= length <= 64:
            raise ValueError("length must be from 8 to 64")
        self.app, self.path, self.service, self.name, self.told = app, path, service, name, told
        self.secret, self.accepts, self.length, self.on_error = secret, accepts, length, on_error
        self.known = [hashlib.sha256(token.encode()).digest() for token in tokens]
        # Whoever is refused has a limit of their own, so that they cannot use up that of others.
        self.admitted, self.refused = _bucket(requests, seconds), _bucket(requests, seconds)

    def __call__(self, environ, start_response):
        if environ.get("PATH_INFO") != self.path:
            return self.app(environ, start_response)
        status, headers, answer = self._respond(environ)
        body = json.dumps(answer).encode()
        kind = "application/json" if status == 200 else "application/problem+json"
        start_response(f"{status} {_TITLES[status]}", [
            ("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), *headers])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _respond(self, environ):
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _problem(405, "Ask with GET.", ("Allow", "GET, HEAD"))
        offered = re.fullmatch(r"(?i:bearer) +([^ ]+) *", environ.get("HTTP_AUTHORIZATION", ""))
        digest = hashlib.sha256((offered[1] if offered else "").encode()).digest()
        # All of them, every time: how long it takes tells nothing.
        allowed = sum([hmac.compare_digest(digest, one) for one in self.known]) > 0
        wait = (self.admitted if allowed else self.refused)()
        if wait:
            return _problem(429, f"Ask again in {wait} s.", ("Retry-After", str(wait)))
        if not allowed:
            return _problem(401, "Send the token as Authorization: Bearer.",
                            ("WWW-Authenticate", 'Bearer realm="jwt-fingerprint"'))
        challenges = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True).get("challenge", [])
        if len(challenges) > 1 or not all(_CHALLENGE.fullmatch(one) for one in challenges):
            return _problem(400, "A challenge is 22 to 86 characters of base64url, once.")
        try:
            key = _bytes(self.secret())
            others = [_bytes(one) for one in self.accepts()]
        except Exception as error:  # What went wrong may hold the secret.
            self.on_error(error)
            return _problem(503, "The secret could not be read; the log of the service may say why.")
        shown = [hashlib.sha256(one).hexdigest()[:self.length] for one in [key, *others]]
        answer = {"fingerprint": shown[0], "accepts": list(dict.fromkeys(shown))[:64], "service": self.service, **self.told}
        for nonce in challenges:
            message = b"jwtcheck-proof-v1\n" + self.name + b"\n" + nonce.encode()
            mac = hmac.new(key, message, hashlib.sha256).digest()
            answer["proof"] = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
        return 200, [], answer


def _bytes(key):
    if not key:
        raise ValueError("the key is empty")
    return key.encode() if isinstance(key, str) else bytes(key)


def _problem(status, detail, *headers):
    return status, headers, {"type": "about:blank", "title": _TITLES[status], "status": status, "detail": detail}


def _bucket(requests, seconds):
    """A token bucket: 0 where a request may pass, otherwise whole seconds to wait."""
    left, last, lock = float(requests), time.monotonic(), threading.Lock()

    def take():
        nonlocal left, last
        with lock:
            now = time.monotonic()
            left, last = min(requests, left + (now - last) * requests / seconds), now
            if left >= 1:
                left -= 1
                return 0
            return max(1, math.ceil((1 - left) * seconds / requests))

    return take
