"""The sentences about uploads: why one is refused and what to do, and what to look at in one that was read."""

from typing import Final

from petition.text.faults import N_

REFUSALS: Final = {
    "empty": N_("The file is empty. Choose the document again."),
    "large": N_(
        "The file is larger than %(most)s MB. Leave out its pictures or make them smaller, and upload it again."
    ),
    "kind": N_(
        "We can read .docx, .odt, .md, .txt, .html and .pdf, and show .jpg and .png. Open the document in the "
        "program that made it, save it as a Word document (.docx) or as PDF, and upload that."
    ),
    "doc": N_(
        "This is a Word document of the old kind (.doc). Open it in Word, choose “Save as” and "
        "“Word Document (.docx)”, and upload the new file."
    ),
    "apple": N_("This is a Pages document. In Pages, choose “File”, “Export To”, “Word”, and upload the .docx file."),
    "rtf": N_(
        "This is Rich Text (.rtf). Open it, choose “Save as” and “Word Document (.docx)”, and upload the new file."
    ),
    "google": N_(
        "This is only a link to a Google document. In Google Docs, choose “File”, “Download”, "
        "“Microsoft Word (.docx)”, and upload the .docx file."
    ),
    "template": N_(
        "This is a template for documents. Open it, choose “Save as” and “Word Document (.docx)”, and upload "
        "the new file."
    ),
    "picture": N_(
        "This is a picture. Save it as JPEG (.jpg), PNG (.png) or PDF, under a name that ends so, and upload that; "
        "then you can type the text beside it."
    ),
    "heic": N_(
        "This is a photograph as iPhones keep it (HEIC). Open it, choose “Share” or “Export”, save it as JPEG (.jpg), "
        "and upload that."
    ),
    "pixels": N_("The picture has more than %(most)s million pixels. Save it smaller, and upload that."),
    "animated": N_("The picture moves. Save one frame of it as JPEG (.jpg), and upload that."),
    "several": N_("Choose one document, or pictures of its pages (.jpg or .png), and upload that."),
    "large_in_all": N_(
        "The pictures have more than %(most)s MB together. Put them into one smaller PDF, and upload that."
    ),
    "many_pictures": N_("These are more than %(most)s pictures. Put them into one PDF, and upload that."),
    "mismatch": N_(
        "The file’s name ends in %(suffix)s, but it is not such a document. Open it in the program that made it, "
        "save it as a Word document (.docx) or as PDF, and upload that."
    ),
    "encrypted": N_("The document is protected by a password. Save it without one, and upload that."),
    "damaged": N_(
        "The file is damaged or incomplete. Open it in the program that made it, save it under a new name, and "
        "upload that."
    ),
    "bomb": N_(
        "The file unpacks to far more than a document needs. Copy its text into a new document, save that, and "
        "upload it."
    ),
    "archive": N_(
        "The file is not put together as word processors do it. Copy its text into a new document, save that, and "
        "upload it."
    ),
    "entities": N_(
        "The file holds definitions that no word processor writes (a DTD). Copy its text into a new document, save "
        "that, and upload it."
    ),
    "macros": N_(
        "The document holds macros, which are programs. Save it as a Word document (.docx) or as "
        "OpenDocument Text (.odt) without macros, and upload that."
    ),
    "elsewhere": N_(
        "Parts of the text are in other files. Open the document, copy all of its text into a new document, save "
        "that, and upload it."
    ),
    "form": N_(
        "This PDF is a form that only some programs show. Open it there, print it to a new PDF, and upload that."
    ),
    "nesting": N_(
        "The document’s parts are nested too deeply. Copy its text into a new document, save that, and upload it."
    ),
    "long": N_("The text has more than %(most)s characters. Upload only the text of the statement."),
    "word": N_("The text holds a word of more than %(most)s characters. Correct it, and upload the document again."),
    "many_pages": N_("The document has more than %(most)s pages. Upload only the pages of the statement."),
    "no_text": N_(
        "There is no text in this document. If it is a scan or a picture, save it as PDF and upload the PDF; then you "
        "can type the text beside it."
    ),
    "letters": N_("We cannot tell which letters this file holds. Save it as plain text in UTF-8, and upload that."),
    "heavy": N_(
        "Reading the document took more time or memory than a statement needs. Copy its text into a new document, "
        "save that, and upload it."
    ),
    "busy": N_("Other documents are being read just now. Try again in a minute."),
    # Of a letterhead, which is a picture.
    "picture_missing": N_("Choose a picture first: a PNG or JPEG file."),
    "picture_large": N_("The picture is larger than %(most)s MB. Save it smaller, or as JPEG, and upload it again."),
    "picture_kind": N_("This is not a PNG or JPEG picture. Save the letterhead as one of these, and upload it."),
    "picture_pixels": N_(
        "The picture has more than %(most)s million pixels. Save it smaller, about 2,400 pixels wide, and upload that."
    ),
    "picture_moves": N_("The picture moves. Save one frame of it as PNG or JPEG, and upload that."),
    "picture_damaged": N_(
        "The picture is damaged or incomplete. Open it, save it under a new name as PNG or JPEG, and upload that."
    ),
    "picture_narrow": N_(
        "The picture is less than %(least)s pixels wide: on paper it would be blurred. Upload a larger one."
    ),
    "picture_tall": N_(
        "The picture is higher than it is wide. Cut it to the strip that stands at the head of your paper, and upload "
        "that."
    ),
}

WARNINGS: Final = {
    "changes": N_("Tracked changes were read as if they had been accepted: %(number)s. Agree to each one of them."),
    "comments": N_("Comments in the margin were left out: %(number)s."),
    "contents": N_("The table of contents was left out."),
    "controls": N_("Hidden characters, or ones that turn the direction of writing, were taken out: %(number)s."),
    "embedded": N_("Objects from other programs, such as a spreadsheet, were left out: %(number)s."),
    "empty_pages": N_("These pages hold no text that we can read: %(pages)s. Type it if it belongs to the statement."),
    "equations": N_("Formulas were written out as plain text: %(number)s. Compare them with the original."),
    "external": N_("Links to other files, such as a template or a picture, were not followed: %(number)s."),
    "fields": N_("Fields that fetch something from elsewhere were read as last saved: %(number)s."),
    "form": N_("The fields of a form were left out, and what is filled in there."),
    "furniture": N_("Lines that repeat at the top or the foot of the pages were left out: %(number)s."),
    "guessed": N_("The file does not say how its letters are written. Look at accents and quotation marks."),
    "headers": N_("What stands in the header or the footer of the pages was left out."),
    "hidden": N_("Hidden text was left out: %(number)s passages."),
    "links": N_("Links that do not lead to a web page or an e-mail address were made plain text: %(number)s."),
    "pdf": N_("The text was taken from printed pages. Look at the paragraphs, headings and lists."),
    "pictures": N_("Pictures were left out: %(number)s."),
    "scripts": N_("Scripts and actions in the document were left out: %(number)s."),
    "struck": N_("Text that is struck through was kept as text: %(number)s passages. Take out what is meant to go."),
    "tables": N_("Tables were written out as text: %(number)s. Look at the order."),
    "text_boxes": N_("Text boxes were placed after the paragraph where they are fixed: %(number)s. Look at the order."),
    "attachments": N_("Files inside the PDF were left out: %(number)s."),
    "undrawn": N_("Its pages could not be drawn. Open the document beside this page and compare it with the text."),
}
