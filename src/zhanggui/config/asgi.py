"""The application object for an ASGI server; `zhanggui serve` finds it by the setting ASGI_APPLICATION."""

import os

from django.core.asgi import get_asgi_application

from zhanggui.config import serving
from zhanggui.portals.api.body_limit import BodyLimit

serving.mark(serving.kind() or serving.SERVE)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhanggui.config.settings")
application = BodyLimit(get_asgi_application())
