"""An Edition in, subject, HTML and text out, by the templates. Reads templates/, writes nothing.

The only module that knows Jinja2 and MJML.
"""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape
from mjml import mjml2html

from articles.errors import NewsdeskError
from newsletter import edition as editions
from newsletter import personal, skeleton
from newsletter.look import Look
from newsletter.model import Edition, Newsletter, Rendered
from newsletter.preflight import HTML, HTML_BYTES_MAX, TEXT, problems
from newsletter.view import View, at, view

HERE = Path(__file__).parent

#: In a checkout they lie beside the package, in a wheel inside of it.
TEMPLATES = next(
    (each for each in (HERE / "templates", HERE.parent / "templates") if each.is_dir()),
    HERE.parent / "templates",
)

#: An edition's page is named by so many letters of a hash: nobody finds one they were not sent.
PAGE_CHARS = 12

#: A line "In brief" is about so much HTML.
LINE_BYTES = 900

#: Of what the preflight finds, so much is told: the rest is mostly the same again.
PROBLEMS_SHOWN_MAX = 3

#: What a template can do wrong while it is printed.
_FAILURES = (
    JinjaError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)

_FIELDS = tuple(each.name for each in fields(View))


class TemplateError(NewsdeskError):
    """A mail template cannot be used as it is; the message names the file and mostly the line."""


def render(
    edition: Edition, newsletter: Newsletter, *, web_url: str = "", templates: Path = TEMPLATES
) -> Rendered:
    """The edition as its readers get it; shared by all of them, with tokens for what is theirs.

    An edition whose HTML is over HTML_BYTES_MAX shows fewer stories large, then fewer lines, until
    it fits; what it tells stays the same. `web_url` is its page, else one in the archive. Templates
    in `newsletter.templates` stand for those of the same name in `templates`.

    Raises:
        TemplateError: a template fails, or what it makes does not pass the preflight.
    """
    press = _Press(tuple(filter(None, (newsletter.templates, templates))))
    shown = view(edition, newsletter, web_url=web_url)
    page_name = ""
    if newsletter.archive_url and not web_url:
        page_name = f"{edition.day}/{personal.seal(repr(shown))[:PAGE_CHARS]}.html"
        shown = at(shown, newsletter.archive_url + page_name)
    seal = personal.seal(repr(shown))
    page = press.html(shown, seal)
    if (over := len(page.encode()) - HTML_BYTES_MAX) > 0:
        smaller = editions.lighter(edition, lines=over // LINE_BYTES)
        if smaller is not None:
            return render(smaller, newsletter, web_url=web_url, templates=templates)
    text = press.text(shown, seal)
    if found := list(islice(problems(shown, page, text, seal), PROBLEMS_SHOWN_MAX)):
        raise TemplateError("; ".join(found))
    return Rendered(
        subject=shown.subject,
        html=page,
        text=text,
        language=shown.language,
        seal=seal,
        page=page_name,
    )


def printed(template: str, own: Path | None, /, **fields: object) -> str:
    """A template of the pages, the operator's if there is one in `own`.

    Raises:
        TemplateError: it fails.
    """
    return _Press(tuple(filter(None, (own, TEMPLATES)))).printed(template, fields)


class _Press:
    """The templates of some folders, those of the first one first."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.folders = folders
        self.environment = _environment(folders)

    def html(self, shown: View, seal: str) -> str:
        """The HTML: by the skeleton where the templates are ours, else by MJML each time.

        A skeleton asks of templates what docs/digest.md tells nobody to do. And whatever fails in
        it fails again the long way, which knows the file and the line.
        """
        if self.folders == (TEMPLATES,):
            with suppress(*_FAILURES):
                return _skeleton(shown.look, shown.direction).render(_names(shown, seal))
        source = self.printed(HTML, _names(shown, seal))
        try:
            # Without fonts={} it links a third party's font host into every mail.
            return str(mjml2html(source, fonts={}))
        except ValueError as error:
            raise TemplateError(f"{HTML}: MJML cannot read it: {error}") from error

    def text(self, shown: View, seal: str) -> str:
        lines = self.printed(TEXT, _names(shown, seal)).split("\n")
        return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"

    def printed(self, name: str, fields: Mapping[str, object]) -> str:
        try:
            return self.environment.get_template(name).render(fields)
        except TemplateSyntaxError as error:
            raise TemplateError(f"{error.name} line {error.lineno}: {error.message}") from error
        except _FAILURES as error:
            raise TemplateError(f"{self._where(error, name)}: {error}") from error

    def _where(self, error: BaseException, name: str) -> str:
        """The template and line an error came from: the innermost frame that is one of ours."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            for folder in self.folders:
                if frame.filename.startswith(str(folder)):
                    return f"{Path(frame.filename).relative_to(folder)} line {frame.lineno}"
        return name


def _names(shown: View, seal: str) -> dict[str, object]:
    """What templates can print."""
    mine = {each: personal.token(seal, each) for each in personal.NAMES}
    return {name: getattr(shown, name) for name in _FIELDS} | {"mine": mine}


@lru_cache(maxsize=8)
def _skeleton(look: Look, direction: str) -> Template:
    """Our HTML template with MJML compiled away: what is left to do for an edition is Jinja's."""
    environment = _environment((TEMPLATES,))

    def read(name: str) -> str:
        assert environment.loader is not None
        return environment.loader.get_source(environment, name)[0]

    source = skeleton.joined(read(HTML), read)
    preamble, _, body = source.partition("<mjml")

    def known(tag: str) -> str | None:
        try:
            return (
                environment.from_string(preamble + tag)
                .render(look=look, direction=direction)
                .strip()
            )
        except JinjaError:  # a field of the edition
            return None

    marked, tags = skeleton.marked("<mjml" + body, known)
    page = skeleton.restored(mjml2html(marked, fonts={}), tags)
    return environment.from_string(preamble + page)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's, which asks about each attribute of each value anew: a fifth of its time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may print it; the type and the name decide, never the value."""
        asked = type(obj), attr
        if asked not in self._safe:
            self._safe[asked] = super().is_safe_attribute(obj, attr, value)
        return self._safe[asked]


@lru_cache(maxsize=4)
def _environment(folders: tuple[Path, ...]) -> ImmutableSandboxedEnvironment:
    environment = _Sandbox(
        loader=FileSystemLoader(folders),
        # Jinja's own select_autoescape leaves .mjml unescaped.
        autoescape=lambda name: name is None or not name.endswith((".txt.j2", ".css.j2")),
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
        near = difflib.get_close_matches(name, known or _FIELDS, n=1)
        return f"no field {name!r}" + (f" (did you mean {near[0]!r}?)" if near else "")


def attribute(text: str) -> Markup:
    """Text for an attribute, in ASCII: MJML would write a combining accent as `\\u{301}` there."""
    references = str(escape(text)).encode("ascii", "xmlcharrefreplace").decode()
    return Markup(references.replace("\\", "&#92;"))  # noqa: S704  it is escaped


def capitals(text: str) -> str:
    """Upper case, but for letters that could not be read back from it (ß, dotless i)."""
    return "".join(each.upper() if each.upper().lower() == each else each for each in text)
