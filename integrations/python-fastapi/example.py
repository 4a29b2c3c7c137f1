"""A service that follows the aliases of a secret in Google Secret Manager, so that `jwtcheck rotate` can replace its key.

It signs with `current`, and accepts `current`, `next` and `previous`. Beside it: jwtcheck_endpoint.py and jwtcheck_keys.py.

    pip install fastapi uvicorn pyjwt
    export JWT_SECRET=projects/PROJECT/secrets/SECRET FINGERPRINT_TOKEN=… MINT_TOKEN=…
    python example.py
"""

import base64
import hmac
import json
import os
import socket
import time
import urllib.error
import urllib.request

import jwt
import uvicorn
from fastapi import FastAPI, Header, HTTPException

from jwtcheck_endpoint import fingerprint_endpoint
from jwtcheck_keys import Key, KeyRing

SECRET = os.environ["JWT_SECRET"]
API = os.environ.get("SECRET_MANAGER_ENDPOINT", "https://secretmanager.googleapis.com")
METADATA = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
MINT_TOKEN = os.environ["MINT_TOKEN"]
TOKEN_SECONDS = int(os.environ.get("TOKEN_SECONDS", "900"))


def read(alias):
    """The key of an alias; None where there is no such alias, or its version is disabled.

    This calls the REST API with the service account of the machine. With google-cloud-secret-manager:

        try:
            found = client.access_secret_version(name=f"{SECRET}/versions/{alias}", timeout=5)
        except (google.api_core.exceptions.NotFound, google.api_core.exceptions.FailedPrecondition):
            return None
        return Key(found.payload.data, found.name.rsplit("/", 1)[1])
    """
    account = get(f"http://{METADATA}/computeMetadata/v1/instance/service-accounts/default/token", "Metadata-Flavor", "Google")
    try:
        found = get(f"{API}/v1/{SECRET}/versions/{alias}:access", "Authorization", f"Bearer {account['access_token']}")
    except urllib.error.HTTPError as error:
        if json.load(error)["error"]["status"] in ("NOT_FOUND", "FAILED_PRECONDITION"):
            return None
        raise
    return Key(base64.b64decode(found["payload"]["data"]), found["name"].rsplit("/", 1)[1])


def get(url, header, value):
    # A time limit: while a reading hangs, no other one begins.
    with urllib.request.urlopen(urllib.request.Request(url, headers={header: value}), timeout=5) as answer:
        return json.load(answer)


keys = KeyRing(read=read, sign="current", accept=["next", "previous"], refresh=float(os.environ.get("REFRESH_SECONDS", "30")))


def sign(subject):
    now = int(time.time())
    return jwt.encode({"sub": subject, "iat": now, "exp": now + TOKEN_SECONDS}, keys.sign, algorithm="HS256")


def verify(token):
    """A token does not say which key signed it, so each is tried. Other reasons to reject it are the same with every key."""
    for key in keys.accepts:
        try:
            return jwt.decode(token, key, algorithms=["HS256"], options={"require": ["exp"]})
        except jwt.InvalidSignatureError:
            continue
    raise jwt.InvalidSignatureError("no key verifies the signature")


def bearer(authorization):
    return authorization[7:] if authorization.startswith("Bearer ") else ""


app = FastAPI()


@app.get("/me")
def me(authorization: str = Header("")):
    try:
        return {"subject": verify(bearer(authorization))["sub"]}
    except jwt.InvalidTokenError:
        raise HTTPException(401, "invalid token", headers={"WWW-Authenticate": "Bearer"})


@app.post("/token")
def token(authorization: str = Header("")):
    """Issues tokens for tests. In a service, this is the login."""
    if not MINT_TOKEN or not hmac.compare_digest(bearer(authorization).encode(), MINT_TOKEN.encode()):
        raise HTTPException(401, "wrong token", headers={"WWW-Authenticate": "Bearer"})
    return {"access_token": sign("test")}


app.add_route("/internal/jwt-fingerprint", fingerprint_endpoint(
    service="example", keys=keys, tokens=[os.environ["FINGERPRINT_TOKEN"]], instance=socket.gethostname(), algorithm="HS256"))

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8080")))
