"""Tables as text. Markdown as we show it has none, and most tables in letters only place things side by side."""

from petition.uploads.blocks import Block, Found, Span

Cell = list[Block]


def as_text(rows: list[list[Cell]], found: Found) -> list[Block]:
    """A table of figures as one line for each row; one that only places text as its paragraphs, cell by cell."""
    found.warnings["tables"] += 1
    rows = [[[block for block in cell if block.text().strip()] for cell in row] for row in rows]
    cells = [cell for row in rows for cell in row]
    is_data = len(rows) > 1 and max(map(len, rows), default=0) > 1 and all(_is_short(cell) for cell in cells)
    if not is_data:
        return [block for cell in cells for block in cell]
    spans: list[Span] = []
    for row in rows:
        filled = [cell[0].spans for cell in row if cell]
        for place, cell in enumerate(filled):
            spans += [Span(" | "), *cell] if place else cell
        spans.append(Span("\n"))
    return [Block(spans)]


def _is_short(cell: Cell) -> bool:
    if not cell:
        return True
    [first, *more] = cell
    return not (more or first.heading or first.bullet or first.label or "\n" in first.text())
