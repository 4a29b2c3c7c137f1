"""Flask-JWT-Extended as its documentation shows it: 422 to a bad signature, 401 to an expired or missing token."""
import logging
import os

from flask import Flask, jsonify
from flask_jwt_extended import JWTManager, jwt_required
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)
app = Flask(__name__)
app.config.update(JWT_SECRET_KEY=os.environ["KEY"], JWT_ALGORITHM=os.environ["ALG"],
                  JWT_DECODE_ISSUER=os.environ["ISS"], JWT_DECODE_AUDIENCE=os.environ["AUD"])
JWTManager(app)


@app.get("/me")
@jwt_required()
def me():
    return jsonify(ok=True)


make_server("127.0.0.1", int(os.environ["PORT"]), app, threaded=True).serve_forever()
