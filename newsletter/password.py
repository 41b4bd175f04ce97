"""Where a password is in, the password out. Environment, files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from articles.errors import NewsdeskError


class PasswordError(NewsdeskError):
    """The password is not where it should be; the message says where, and holds none of it."""


def read(file: str | Path, variable: str, environment: Mapping[str, str]) -> str:
    """The first line of a file, or, where none is named, an environment variable.

    Raises:
        PasswordError: it is not there.
    """
    if file:
        try:
            return Path(file).read_text("utf-8").partition("\n")[0].strip()
        except (OSError, ValueError) as error:
            raise PasswordError(f"password_file: {error}") from error
    if variable not in environment:
        raise PasswordError(f"password_env: there is no {variable} in the environment")
    return environment[variable]
