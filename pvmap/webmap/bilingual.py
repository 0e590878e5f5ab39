"""Text for a page of two languages that needs no script to be read: both stand there, one is shown."""

from __future__ import annotations

import html
from collections.abc import Sequence

from pvmap.foreign_text import visible

Both = tuple[str, str]  # Chinese and English
Rows = list[list[str | Both]]  # cells of a table


def escape(text: object) -> str:
    """Text as it may stand in HTML and in a quoted attribute; what a browser would hide or obey is made visible."""
    return html.escape(visible(str(text)), quote=True)


def both(text: Both, tag: str = "span") -> str:
    """Element in each language; the page shows that of its own."""
    chinese, english = text
    return f'<{tag} class="zh" lang="zh">{escape(chinese)}</{tag}><{tag} class="en" lang="en">{escape(english)}</{tag}>'


def table(heads: Sequence[Both], rows: Rows, numbers: int = 0) -> str:
    """Table of texts in one or both languages; its last `numbers` columns are flush right."""
    first = len(heads) - numbers

    def cell(column: int, value: str | Both, tag: str) -> str:
        inner = escape(value) if isinstance(value, str) else both(value)
        return f"<{tag}{' class=number' if column >= first else ''}>{inner}</{tag}>"

    head = "".join(cell(i, text, "th") for i, text in enumerate(heads))
    body = "".join(f"<tr>{''.join(cell(i, v, 'td') for i, v in enumerate(row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
