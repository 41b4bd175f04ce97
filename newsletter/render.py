"""An Edition in, subject, HTML and text out, by the templates. Reads templates/, writes nothing.

The only module that knows Jinja2 and MJML.
"""

from __future__ import annotations

import difflib
import re
import traceback
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape
from mjml import mjml2html

from articles.errors import NewsdeskError
from newsletter import edition as editions
from newsletter import personal
from newsletter.model import Edition, Newsletter, Rendered
from newsletter.view import View, view

HERE = Path(__file__).parent

#: In a checkout they lie beside the package, in a wheel inside of it.
TEMPLATES = next(
    (each for each in (HERE / "templates", HERE.parent / "templates") if each.is_dir()),
    HERE.parent / "templates",
)

#: Gmail cuts a message at 102,400 bytes, sooner with many special characters.
HTML_BYTES_MAX = 90_000


class TemplateError(NewsdeskError):
    """A mail template cannot be used as it is; the message names the file and mostly the line."""


def render(
    edition: Edition, newsletter: Newsletter, *, web_url: str = "", templates: Path = TEMPLATES
) -> Rendered:
    """The edition as its readers get it; shared by all of them, with tokens for what is theirs.

    An edition whose HTML is over HTML_BYTES_MAX shows fewer stories large until it fits; what it
    tells stays the same. `web_url` is the edition's own page, "" if there is none.

    Raises:
        TemplateError: a template fails, drops a headline or an address, or nothing of the edition
            can be left out and it is still too large.
    """
    shown = view(edition, newsletter, web_url=web_url)
    seal = personal.seal(repr(shown))
    page = _html(shown, seal, templates)
    if (size := len(page.encode())) > HTML_BYTES_MAX:
        smaller = editions.lighter(edition)
        if smaller is None:
            raise TemplateError(
                f"digest.mjml.j2: {size} bytes of HTML for one story; {HTML_BYTES_MAX} is the limit"
            )
        return render(smaller, newsletter, web_url=web_url, templates=templates)
    text = _text(shown, seal, templates)
    _check(shown, page, text)
    _check_tokens(seal, page, text)
    return Rendered(subject=shown.subject, html=page, text=text, language=shown.language, seal=seal)


def _html(shown: View, seal: str, templates: Path) -> str:
    source = _printed("digest.mjml.j2", shown, seal, templates)
    try:
        # Without fonts={} it links a third party's font host into every mail.
        return str(mjml2html(source, fonts={}))
    except ValueError as error:
        raise TemplateError(f"digest.mjml.j2: MJML cannot read it: {error}") from error


def _text(shown: View, seal: str, templates: Path) -> str:
    lines = _printed("digest.txt.j2", shown, seal, templates).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def _printed(name: str, shown: View, seal: str, templates: Path) -> str:
    names = {each.name: getattr(shown, each.name) for each in fields(shown)}
    mine = {each: personal.token(seal, each) for each in personal.NAMES}
    try:
        return _environment(templates).get_template(name).render(**names, mine=mine)
    except TemplateSyntaxError as error:
        raise TemplateError(f"{error.name} line {error.lineno}: {error.message}") from error
    except (JinjaError, TypeError, ValueError, KeyError) as error:
        raise TemplateError(f"{_where(error, name, templates)}: {error}") from error


@lru_cache(maxsize=4)
def _environment(templates: Path) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(templates),
        # Jinja's own select_autoescape leaves .mjml unescaped.
        autoescape=lambda name: name is None or not name.endswith(".txt.j2"),
        undefined=_Missing,
        trim_blocks=True,
        lstrip_blocks=True,
        # MJML takes blanks between two elements for an error unless a line ends there.
        keep_trailing_newline=True,
    )
    environment.filters["wrap"] = personal.wrap
    environment.filters["capitals"] = capitals
    environment.filters["attribute"] = attribute
    return environment


class _Missing(StrictUndefined):
    """A name no field has: says which one was perhaps meant."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        owner = self._undefined_obj
        known = [each.name for each in fields(owner)] if is_dataclass(owner) else []
        known = known or [each.name for each in fields(View)]
        near = difflib.get_close_matches(name, known, n=1)
        return f"no field {name!r}" + (f" (did you mean {near[0]!r}?)" if near else "")


def attribute(text: str) -> Markup:
    """Text for an attribute, in ASCII: MJML would write a combining accent as `\\u{301}` there."""
    references = str(escape(text)).encode("ascii", "xmlcharrefreplace").decode()
    return Markup(references.replace("\\", "&#92;"))  # noqa: S704  it is escaped


def capitals(text: str) -> str:
    """Upper case, but for letters that could not be read back from it (ß, dotless i)."""
    return "".join(each.upper() if each.upper().lower() == each else each for each in text)


def _where(error: BaseException, name: str, templates: Path) -> str:
    """The template and line an error came from: the innermost frame that is one of ours."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(str(templates)):
            return f"{Path(frame.filename).relative_to(templates)} line {frame.lineno}"
    return name


def _check(shown: View, page: str, text: str) -> None:
    """MJML drops in silence what it does not know, and edited templates forget: look for all."""
    if left := re.search(r"</?mj-[a-z-]+", page):
        raise TemplateError(f"digest.mjml.j2: MJML knows no {left[0]}> where it stands")
    flat = _flat(text)
    for line in shown.lines:
        for name, what, found in (
            ("digest.mjml.j2", line.text, str(escape(line.text)) in page),
            ("digest.mjml.j2", line.url, str(escape(line.url)) in page),
            ("digest.txt.j2", line.text, _flat(line.text) in flat),
            ("digest.txt.j2", line.url, line.url in text),
        ):
            if not found:
                raise TemplateError(f"{name}: {what!r} of the edition is not in what it makes")


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()


def _check_tokens(seal: str, page: str, text: str) -> None:
    """Nobody is mailed without a way out."""
    way_out = personal.token(seal, "unsubscribe")
    for name, part in (("digest.mjml.j2", page), ("digest.txt.j2", text)):
        if way_out not in part:
            raise TemplateError(f"{name}: no unsubscribe link; print {{{{ mine.unsubscribe }}}}")
