"""What can go wrong, from "wait a little" to "a person must do something"."""


class EngineError(Exception):
    """An engine can't be had; the message names the value and the remedy."""


class Silent(Exception):
    """Nobody answers at the socket, or not in time."""


class Busy(Exception):
    """The engine lives but doesn't take queries yet: it starts, recovers or loads."""


class Refused(EngineError):
    """The engine answered the query with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
