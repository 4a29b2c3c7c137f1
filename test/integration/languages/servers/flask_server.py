"""An endpoint for each name in SERVICES, at /0, /1 and so on. The keys are lines of the file KEYS, the one that signs first."""

import base64
import logging
import os
import sys

from flask import Flask
from werkzeug.serving import make_server

sys.path.insert(0, os.environ["INTEGRATION"])
from jwtcheck_endpoint import FingerprintEndpoint  # noqa: E402


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def keys():
    with open(os.environ["KEYS"]) as file:
        return [decoded(line) for line in file.read().split("\n")]


logging.getLogger("werkzeug").setLevel(logging.ERROR)
app = Flask(__name__)
for index, name in enumerate(os.environ["SERVICES"].split(",")):
    app.wsgi_app = FingerprintEndpoint(
        app.wsgi_app, path=f"/{index}", service=decoded(name).decode(), secret=lambda: keys()[0],
        accepts=lambda: keys()[1:], tokens=[os.environ["TOKEN"]], instance=os.environ["INSTANCE"],
        reveal=os.environ["REVEAL"])

server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
