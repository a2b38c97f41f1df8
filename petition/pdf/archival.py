"""Writing a laid-out document as PDF, as PDF/A-3b where it is to be kept, with the files that it carries.

Runs in the press's child. What the library gets wrong about attachments is put right before the file is written.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import pydyf
import weasyprint

from petition.pdf import structure
from petition.pdf.innards import DesignedPage, OwnPage
from petition.pdf.kept import Kept

_VARIANT: Final = "pdf/a-3b"


def write(document: Any, file: IO[bytes], job: Mapping[str, Any], drawn: Callable[[], None]) -> None:
    """Write the document to the file, saying when its pages are drawn. The same job makes the same bytes."""
    if not job["archival"]:
        document.write_pdf(file, finisher=lambda *_: drawn())
        return
    attachments = sorted(job["attachments"], key=lambda one: one["name"])
    moment = _moment(document.metadata.created)
    kept = (Path(job["folder"]) / "attached").open("x+b")

    document.pages[:] = [page if isinstance(page, OwnPage) else DesignedPage(page) for page in document.pages]

    def finish(_: Any, pdf: Any) -> None:
        structure.add_list(pdf, document.pages)
        _put_right(pdf, attachments, kept)
        _conform(pdf)
        drawn()

    document.write_pdf(
        file,
        finisher=finish,
        pdf_variant=_VARIANT,
        pdf_tags=True,
        attachments=[_attachment(one, moment) for one in attachments],
    )


def _moment(created: str | None) -> datetime:
    # The day of the fonts, too, where the document names none: never the moment of printing.
    return datetime.fromisoformat(created).astimezone(UTC) if created else datetime.fromtimestamp(0, UTC)


def _attachment(one: Mapping[str, str], moment: datetime) -> Any:
    return weasyprint.Attachment(
        file_obj=Path(one["data"]).open("rb"),
        base_url="asset:attachment",
        name=one["name"],
        description=one["description"],
        created=moment,
        modified=moment,
        relationship=one["relationship"],
    )


def _conform(pdf: Any) -> None:
    # Whoever looks through a file for its metadata finds them if they are not compressed. Whoever seals the file names
    # itself as its producer in both places; beside a name that is there it would write two things (ISO 19005-3, 6.6.3).
    pdf.objects[int(pdf.catalog["Metadata"].split()[0])].compress = False
    del pdf.info["Producer"]
    for one in pdf.objects:
        # What WeasyPrint asks for where a style sheet does not say otherwise (6.2.8).
        if isinstance(one, pydyf.Stream) and one.extra.get("Subtype") == "/Image":
            one.extra["Interpolate"] = "false"


def _put_right(pdf: Any, attachments: Sequence[Mapping[str, str]], kept: IO[bytes]) -> None:
    # WeasyPrint 70 names each attachment twice in /AF, guesses its media type by its name, and its relationship by
    # its bytes, which two may have in common.
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
    by_name = {one["name"]: one for one in attachments}
    for specification in (one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/Filespec"):
        one = by_name[specification["UF"].string]
        specification["AFRelationship"] = f"/{one['relationship']}"
        stream = pdf.objects[int(specification["EF"]["F"].split()[0])]
        stream.extra["Subtype"] = pydyf.name(one["media_type"])
        # A national roster as CSV is 60 MB; what is written twice, for the file's identifier, is compressed once.
        stream.stream = [Kept(kept, zlib.compress(stream.stream[0]))]
        stream.compress, stream.extra["Filter"] = False, "/FlateDecode"
