"""The panel on the left and the table drawer, as folium elements: each is a macro element with a script of its own.

Branca takes what a macro element has written for the source of a template and renders it once more. So no text of a
city stands in any: scripts find it in ``pvmap.meta``.
"""

from __future__ import annotations

from typing import Any

from branca.element import MacroElement
from folium.map import Layer, LayerControl
from folium.template import Template


class Frame(MacroElement):
    """The page's frame: the panel with its slots, the table drawer, the help dialog; panes of the map.

    Added to the map before any layer, because layers draw into the panes made here.
    """

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <aside id="pvmap-panel">
          <button type="button" id="pvmap-fold" aria-expanded="true" data-label="fold"><span>‹</span></button>
          <div id="pvmap-scroll">
            <header id="pvmap-banner"></header>
            <p id="pvmap-printed" class="pvmap-note"></p>
            <div id="pvmap-case"></div>
            <div id="pvmap-search" role="search"></div>
            <div id="pvmap-tools"></div>
            <p id="pvmap-said" class="pvmap-note" role="status"></p>
            <div id="pvmap-sections"></div>
          </div>
        </aside>
        <section id="pvmap-table"></section>
        <section id="pvmap-sheet"></section>
        <dialog id="pvmap-help"></dialog>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        pvmap.begin({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()
        self._name = "Frame"


class GroupedLayers(LayerControl):
    """Folium's layer control, shown as a grouped list in the panel instead of a box over the map."""

    after_layers = True

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        pvmap.sections.layers([
          {%- for entry in this.entries %}
          Object.assign({{ entry.about|tojson }}, { layer: {{ entry.layer }} }),
          {%- endfor %}
        ]);
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()
        self._name = "GroupedLayers"
        self.entries: list[dict[str, Any]] = []

    def render(self, **kwargs: Any) -> str:
        """List the map's layers as folium's control does, with the group each stands in."""
        self.entries = [
            {
                "layer": item.get_name(),
                "about": {
                    "name": item.layer_name,
                    "overlay": item.overlay,
                    "group": getattr(item, "group", "base"),
                    "text": getattr(item, "text", item.layer_name),
                },
            }
            for item in (self._parent._children if self._parent else {}).values()
            if isinstance(item, Layer) and item.control
        ]
        super().render(**kwargs)
        return ""


class Section(MacroElement):
    """A section of the panel whose content is made by the script of the same name."""

    after_layers = True

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        pvmap.sections.{{ this.section }}();
        {% endmacro %}
        """
    )

    def __init__(self, section: str) -> None:
        super().__init__()
        self._name = "Section"
        self.section = section


class Start(MacroElement):
    """Begin: added last."""

    after_layers = True

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        pvmap.start();
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()
        self._name = "Start"
