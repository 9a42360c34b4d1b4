"""The application object for an ASGI server that is started without `zhanggui serve`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhanggui.config.settings")
application = get_asgi_application()
