"""The map's layers as folium layers, so that ``LayerControl`` and everything else of folium work on them.

As in `panels`, no text of a city stands in a template or in a value given to one.
"""

from __future__ import annotations

from typing import Any

from folium.map import Layer
from folium.template import Template


class SiteTiles(Layer):
    """Sites of one kind, from columnar tiles.

    Parameters
    ----------
    name
        Name in folium's own layer control.
    dataset
        Layer name of the tiles: rooftop, mine or fishpond.
    colour
        Colour of the kind.
    excluded
        Draw the sites that carry nothing, coloured by reason, instead of those that do.
    dots_from, polygons_from
        First zoom of points and of polygons.
    text
        Key of the layer's name in the panel.
    group
        Group of the panel it stands in.
    show
        Whether it is shown at the start.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = pvmap.siteTiles({{ this.options|tojson }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        name: str,
        dataset: str,
        colour: str,
        *,
        excluded: bool = False,
        dots_from: int,
        polygons_from: int,
        text: str,
        group: str,
        show: bool = True,
    ) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = "SiteTiles"
        self.group, self.text = group, text
        self.options: dict[str, Any] = {
            "dataset": dataset,
            "colour": colour,
            "excluded": excluded,
            "dotsFrom": dots_from,
            "polygonsFrom": polygons_from,
        }


class Zones(Layer):
    """Sums per zone of the level with the given number; without one the level changes with the zoom."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = pvmap.zones({{ this.options|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, name: str, level: int | None, *, text: str, show: bool = False) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = "Zones"
        self.group, self.text = "aggregates", text
        self.options = {"level": level}


class Outlines(Layer):
    """District outlines on a quiet ground."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = pvmap.outlines();
        {% endmacro %}
        """
    )

    def __init__(self, name: str, *, text: str, show: bool = True) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = "Outlines"
        self.group, self.text = "base", text


class Priority(Layer):
    """Marks on the sites to begin with."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = pvmap.priority();
        {% endmacro %}
        """
    )

    def __init__(self, name: str, *, text: str, show: bool = False) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = "Priority"
        self.group, self.text = "priority", text


class Difference(Layer):
    """What became more and what less than in an older run, zone by zone."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = pvmap.difference();
        {% endmacro %}
        """
    )

    def __init__(self, name: str, *, text: str, show: bool = False) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = "Difference"
        self.group, self.text = "aggregates", text


class Hosting(Layer):
    """Transformers in the colours of their grades."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = pvmap.hosting();
        {% endmacro %}
        """
    )

    def __init__(self, name: str, *, text: str, show: bool = False) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = "Hosting"
        self.group, self.text = "priority", text


class Sheets(Layer):
    """Outlines of the sheets of a map too large for one page, and a way to each."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = pvmap.sheetOutlines();
        {% endmacro %}
        """
    )

    def __init__(self, name: str, *, text: str, show: bool = True) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = "Sheets"
        self.group, self.text = "base", text


class Beneath(Layer):
    """What lies around the data, the same whatever is chosen: hills, water, roads, sun."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = pvmap.beneath({{ this.what|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, what: str, *, text: str, show: bool = True) -> None:
        super().__init__(name=what, overlay=True, control=True, show=show)
        self._name = "Beneath"
        self.group, self.text = "base", text
        self.what = what


class BaseMap(Layer):
    """A base layer: nothing, or the city's online map `number`, which is asked for nothing until it is ticked."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = pvmap.ground({{ this.number|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, number: int | None, *, text: str, show: bool) -> None:
        super().__init__(name=text, overlay=False, control=True, show=show)
        self._name = "BaseMap"
        self.group, self.text = "base", text
        self.number = number
