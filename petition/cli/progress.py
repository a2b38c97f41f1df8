"""What is said while something is printed, and of what could not be drawn."""

import sys

import click

from petition.pdf.document import Progress, Report


def tell(report: Report) -> None:
    """Say which characters could not be drawn as they were written."""
    for one in report.uncovered:
        click.echo(f"No font here has {one.code_point} ({one.times} times): it is drawn as its code point.")


class ProgressBar:
    """What the press is doing, on one line that is written over; silent when nobody watches."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._said = ""

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._watched:
            click.echo("\r\033[K", nl=False, err=True)

    def show(self, progress: Progress) -> None:
        """One step further."""
        if progress.total:
            share = min(progress.done / progress.total, 1.0)
            line = f"{'█' * round(share * 30):░<30} {share:4.0%} {progress.step}"
        else:
            line = progress.step
        if self._watched:
            click.echo(f"\r\033[K{line}", nl=False, err=True)
        elif progress.step != self._said:
            self._said = progress.step
            click.echo(progress.step, err=True)
