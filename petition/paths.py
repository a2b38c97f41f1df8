"""Where the program keeps what it ships: templates, static files, content and migrations.

In a checkout `templates/`, `static/` and `statements/` lie beside the package; in an installed
wheel they lie inside it. Everything else asks here and does not care which.
"""

import sys
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent
#: By which the program starts itself. The working folder is not searched (-P): it may hold a package of the same name.
PYTHON: Final = (sys.executable, "-P")
COMMAND: Final = (*PYTHON, "-m", "petition")




def _shipped(inside: str, beside: str) -> Path:
    packaged = PACKAGE / inside
    return packaged if packaged.is_dir() else PACKAGE.parent / beside


TEMPLATES: Final = _shipped("templates", "templates")
STATIC: Final = _shipped("static", "static")
FONTS: Final = STATIC / "fonts"
# petition/statements is the feature's own package, so a wheel carries the texts as `content`.
STATEMENTS: Final = _shipped("content", "statements")
MIGRATIONS: Final = PACKAGE / "migrations"
TRANSLATIONS: Final = PACKAGE / "translations"
