"""Making an app for a test, without doing once more what comes out the same for every app of a test run."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from petition.app import Petition, create_app
from petition.config import Config


def make_app(config: Config) -> Petition:
    """An app of this configuration."""
    app = create_app(config)
    app.jinja_env.bytecode_cache = _compiled
    return app


class Compiled(BytecodeCache):
    """Templates compiled once for all houses of a test run; compiling them is most of a house's cost."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_compiled: Final = Compiled()


def _built_when_asked(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    """What writes a rule's addresses, compiled for the first of them: for all rules that is half of opening a house."""
    compiled = cache(partial(_compile_builder, rule, append_unknown))
    return lambda rule, **values: compiled()(rule, **values)


_compile_builder: Final = Rule._compile_builder
Rule._compile_builder = _built_when_asked  # type: ignore[assignment,method-assign]
