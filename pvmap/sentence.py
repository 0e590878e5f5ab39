"""A sentence that remembers how it was made, so that it can be said in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Sentence(str):
    """Text in English; a ``str`` like any other to whoever does not ask.

    Attributes
    ----------
    template : str
        The sentence with names in braces.
    values : Mapping
        What stands for the names; a pair is the same in English and in Chinese, a sentence has both itself.

    Examples
    --------
    >>> told = Sentence("{n} m2 {what}", n=3, what=("setback", "屋面退让"))
    >>> told, told.template
    ('3 m2 setback', '{n} m2 {what}')
    >>> told.said("{what} {n} 平方米")
    '屋面退让 3 平方米'
    """

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, **values: Any) -> Sentence:
        """Fill in a template."""
        english = {name: value[0] if isinstance(value, tuple) else value for name, value in values.items()}
        made = super().__new__(cls, template.format(**english))
        made.template, made.values = template, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """Tell how a worker's sentence is made again here."""
        return (self.template,), dict(self.values)

    def said(self, template: str) -> str:
        """Say the same by a Chinese template."""
        return template.format(**{name: v[1] if isinstance(v, tuple) else v for name, v in self.values.items()})
