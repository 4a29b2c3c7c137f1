"""An endpoint for each name in SERVICES, at /0, /1 and so on. The keys are lines of the file KEYS, the one that signs first."""

import base64
import os
import socket
import sys

import uvicorn
from fastapi import FastAPI

sys.path.insert(0, os.environ["INTEGRATION"])
from jwtcheck_endpoint import fingerprint_endpoint  # noqa: E402


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def keys():
    with open(os.environ["KEYS"]) as file:
        return [decoded(line) for line in file.read().split("\n")]


async def secret():
    return keys()[0]


app = FastAPI()
for index, name in enumerate(os.environ["SERVICES"].split(",")):
    app.add_route(f"/{index}", fingerprint_endpoint(
        service=decoded(name).decode(), secret=secret, accepts=lambda: keys()[1:],
        tokens=[os.environ["TOKEN"]], instance=os.environ["INSTANCE"], reveal=os.environ["REVEAL"]))

listening = socket.socket()
listening.bind(("127.0.0.1", 0))
listening.listen()
print(listening.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])
