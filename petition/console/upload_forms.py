"""What is sent about an uploaded document: the files, what they are, and what the editor agrees to."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from flask import Response, after_this_request, request
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from petition.console.upload_sizes import ROOM
from petition.drafts import uploading
from petition.statements.models import CHAPTER_KINDS
from petition.uploads.document import LIMITS, MEGABYTE, Saying, UploadRefused
from petition.web.bodies import FORM_SIZE
from petition.web.form import SessionForm
from petition.web.language import _, names

LONGEST_TITLE: Final = 300
FILES: Final = "document"


def kinds() -> dict[str, str]:
    """What a chapter publishes, in words."""
    return {"letter": _("Letter"), "resolution": _("Resolution"), "notice": _("Notice")}


def make_room() -> None:
    """Let this request be as large as a document with its form. Raises UploadRefused when it is larger still."""
    request.max_content_length = FORM_SIZE + ROOM
    after_this_request(_let_files_go)
    try:
        request.files  # noqa: B018  (reads what was sent)
    except RequestEntityTooLarge:
        raise UploadRefused("large", most=str(LIMITS.file_bytes // MEGABYTE)) from None


def _let_files_go(response: Response) -> Response:
    request.close()
    return response


def say(saying: Saying) -> str:
    """The sentence in the language spoken now."""
    return _(saying.sentence, **saying.values)


class FilesForm(SessionForm):
    """A document, or photographs of its pages. `why` says why it was not taken."""

    why = ""

    def files(self) -> list[tuple[str, bytes]]:
        """The files that were chosen, by name."""
        return [(each.filename, each.read()) for each in request.files.getlist(FILES) if each.filename]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Something was chosen, besides what each field asks."""
        well: bool = super().validate(*args, **kwargs)
        if not any(each.filename for each in request.files.getlist(FILES)):
            self.why = _("Choose the file.")
        return well and not self.why

    def refuse(self, refused: UploadRefused) -> None:
        """Say why the document was not taken."""
        self.why = say(refused.saying)


class UploadForm(FilesForm):
    """A document that a new draft begins with, and what it is."""

    kind = RadioField(validate_choice=False)
    language = SelectField(validate_choice=False)
    addressee = SelectField(validate_choice=False)

    def __init__(self, publishers: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = list(kinds().items())
        self.language.choices = list(names().items())
        self.addressee.choices = list(publishers.items())

    def validate_kind(self, field: Any) -> None:
        """One of those that a chapter publishes."""
        if field.data not in CHAPTER_KINDS:
            raise ValidationError(_("Choose what the document is."))

    def validate_language(self, field: Any) -> None:
        """One of ours."""
        if field.data not in names():
            raise ValidationError(_("Choose the language of the text."))

    def validate_addressee(self, field: Any) -> None:
        """One of the publishers."""
        if field.data not in dict(field.choices):
            raise ValidationError(_("Choose whom it is for."))


class BringForm(FilesForm):
    """Another document for a draft, whose text may stay."""

    keep_text = BooleanField()


class SeenForm(SessionForm):
    """About a draft as it was shown."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that was shown; one that no draft has, if it is no number."""
        sent = self.version.data or ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


class AcceptForm(SeenForm):
    """What the editor agrees to, and whether the original's pages are shown to everybody."""

    facsimile = BooleanField()

    def agreed(self) -> Collection[int]:
        """The places of the tracked changes that were ticked."""
        ticked = request.form.getlist("agree") if request.method == "POST" else []
        return {int(each) for each in ticked if each.removeprefix("-").isdecimal() and len(each) < 6}


class TypedForm(SeenForm):
    """The text of a scan, typed beside its pages."""

    title = StringField(filters=[lambda value: " ".join((value or "").split())])
    body = TextAreaField(filters=[lambda value: (value or "").strip()])

    def validate_title(self, field: Any) -> None:
        """As long as its column."""
        if len(field.data) > LONGEST_TITLE:
            raise ValidationError(_("Use no more than %(number)s characters.", number=LONGEST_TITLE))

    def validate_body(self, field: Any) -> None:
        """Something, and no longer than a draft can be."""
        if not field.data:
            raise ValidationError(_("Type the text that the pages show."))
        if len(field.data) > uploading.LONGEST_TEXT:
            raise ValidationError(_("Use no more than %(number)s characters.", number=f"{uploading.LONGEST_TEXT:,}"))
