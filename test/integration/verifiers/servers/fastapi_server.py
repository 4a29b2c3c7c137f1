"""FastAPI with PyJWT, as its tutorial does it: 401 and one sentence, whatever is wrong."""
import os

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

app = FastAPI()


@app.get("/me")
def me(credentials: HTTPAuthorizationCredentials = Depends(HTTPBearer(auto_error=False))):
    try:
        token = credentials.credentials if credentials else ""
        return jwt.decode(token, os.environ["KEY"], algorithms=[os.environ["ALG"]], audience=os.environ["AUD"],
                          issuer=os.environ["ISS"])
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Could not validate credentials", headers={"WWW-Authenticate": "Bearer"})


uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
