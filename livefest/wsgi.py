"""What a WSGI server serves: `granian --interface wsgi livefest.wsgi:application`.

Without DJANGO_SETTINGS_MODULE it takes the production settings: a server that somebody forgot to configure must
refuse to start, not run open.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livefest.settings.production")

application = get_wsgi_application()
