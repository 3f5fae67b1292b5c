"""For tools that read the code and run none of it: no engine is started, and none is there."""

import os

os.environ["DATABASE_URL"] = "postgresql://nobody@localhost:1/none"
os.environ["REDIS_URL"] = "redis://localhost:1/0"

from livefest.settings.development import *  # noqa: F403
