"""The two kinds of mishap an operator hears about. Pure."""


class NewsdeskError(Exception):
    """Something the operator can mend: the message names the thing and says what to do."""


class TryAgainError(NewsdeskError):
    """Something that passes by itself; the same call will work later."""
