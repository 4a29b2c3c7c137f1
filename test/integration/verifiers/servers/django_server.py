"""Django REST framework with simplejwt, without a table of users."""
import os
import sys

from django.conf import settings

settings.configure(
    SECRET_KEY="of no meaning here", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True, LOGGING_CONFIG=None,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "UNAUTHENTICATED_USER": None,
    },
    SIMPLE_JWT={"ALGORITHM": os.environ["ALG"], "SIGNING_KEY": os.environ["KEY"], "ISSUER": os.environ["ISS"],
                "AUDIENCE": os.environ["AUD"]},
)

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.decorators import api_view  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from wsgiref.simple_server import WSGIRequestHandler, make_server  # noqa: E402


@api_view(["GET"])
def me(request):
    return Response({"ok": True})


urlpatterns = [path("me/", me)]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


sys.stderr = open(os.devnull, "w")
make_server("127.0.0.1", int(os.environ["PORT"]), get_wsgi_application(), handler_class=Quiet).serve_forever()
