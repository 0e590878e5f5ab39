"""City files: each loads, says where its inputs come from, and the template explains every key there is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from pvmap.config import assumptions, file_inputs, load
from pvmap.crs import require_metric
from pvmap.settings.city import Settings
from pvmap.settings.demo import DemoSettings
from pvmap.sources.vector import read_vector
from pvmap.template import as_toml

FOLDER = Path(__file__).resolve().parent.parent / "pipelines"
CITY_FILES = sorted(FOLDER.glob("*.toml"))
PUBLIC = ("goteborg", "hangzhou", "suzhou")
ADDRESS_OF_A_MACHINE = re.compile(r"(?<![\w.:/{}])/(?:home|root|work|tmp|Users|mnt)/|[A-Z]:\\")


def uncommented_template() -> str:
    """Return the template with every key switched on: lines that begin with # and no space are keys."""
    text = (FOLDER / "TEMPLATE.toml").read_text(encoding="utf-8")
    return re.sub(r"(?m)^#(?=[^\s#])", "", re.sub(r"(?m)^#(?=  \S)", "", text))


def inner_models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Models in an annotation such as ``tuple[Mask, ...]`` or ``VectorInput | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from inner_models(argument)


def tables_of(value: Any) -> list[dict[str, Any]]:
    """TOML tables below a key: the table itself, those of an array, or the named ones of a dictionary of tables."""
    if isinstance(value, list):
        return [t for t in value if isinstance(t, dict)]
    if isinstance(value, dict):
        return [value, *(v for v in value.values() if isinstance(v, dict))]
    return []


def keys_not_explained(
    model: type[BaseModel], tables: list[dict[str, Any]], path: str = "", seen: set[type] | None = None
) -> list[str]:
    """Keys of a model, and of the models in it, that no table has; a model used twice needs to be told once."""
    seen = set() if seen is None else seen
    if model in seen:
        return []
    told = {key for base in seen.intersection(model.__mro__) for key in getattr(base, "model_fields", {})}
    seen.update(model.__mro__)  # what an input of any kind has is told once
    missing = []
    for key, field in model.model_fields.items():
        if key in told:
            continue
        given = [table[key] for table in tables if key in table]
        if not given:
            missing.append(f"{path}{key}: {field.description or ''}")
        for inner in inner_models(field.annotation):
            missing += keys_not_explained(inner, [t for g in given for t in tables_of(g)], f"{path}{key}.", seen)
    return missing


@pytest.mark.parametrize("path", CITY_FILES, ids=lambda p: p.stem)
def test_city_file_loads_and_is_named_as_its_city(path: Path) -> None:
    settings = load(path)
    assert settings.city.name == path.stem.lower()
    assert not ADDRESS_OF_A_MACHINE.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [p for p in CITY_FILES if p.stem not in ("demo", "TEMPLATE")], ids=lambda p: p.stem)
def test_every_input_says_what_it_holds_and_where_it_comes_from(path: Path) -> None:
    # A file named twice says it once.
    told = {one.path for _, one in file_inputs(load(path)) if one.origin and one.holds}
    assert {one.path for _, one in file_inputs(load(path))} == told


def test_only_the_demo_is_synthetic_and_says_so() -> None:
    for path in CITY_FILES:
        city = load(path).city
        assert city.synthetic == (path.stem == "demo")
    assert "synthetic" in city_of("demo").title_en and "合成" in city_of("demo").title_zh
    assert "合成" in city_of("demo").attribution and "synthetic" in city_of("demo").attribution_en
    assert "旧版" in city_of("demo").attribution and "older" in city_of("demo").attribution_en  # edition of boundaries


def city_of(name: str) -> Any:
    return load(FOLDER / f"{name}.toml").city


def test_template_is_printed_from_the_settings() -> None:
    assert (FOLDER / "TEMPLATE.toml").read_text(encoding="utf-8") == as_toml()


def test_template_explains_every_key() -> None:
    missing = keys_not_explained(Settings, [tomllib.loads(uncommented_template())])
    assert not missing, "pipelines/TEMPLATE.toml does not explain:\n" + "\n".join(missing)


def test_template_validates_with_every_key_switched_on() -> None:
    settings = Settings.model_validate(tomllib.loads(uncommented_template()))
    stale = [
        f"{a.key}: the template says {a.value!r}, the default is {a.default!r}"
        for a in assumptions(settings)
        if a.value != a.default
    ]
    assert not stale, "\n".join(stale)
    assert settings.demo == DemoSettings()


@pytest.mark.parametrize("name", PUBLIC)
def test_public_city_reads_its_real_files(name: str, shared_data: Path, tmp_path: Path) -> None:
    settings = load(FOLDER / f"{name}.toml")
    for _, one in file_inputs(settings):
        for found in shared_data.rglob(f"{Path(one.path).stem}.*"):
            link = tmp_path / found.name
            if not link.exists():
                link.symlink_to(found)
        assert (tmp_path / one.path).exists(), one.path
    crs = require_metric(settings.city.crs or "EPSG:4549")
    layers = [*settings.inputs.buildings, *settings.inputs.mines, *settings.inputs.fishponds]
    layers += [mask.input for mask in settings.masks if mask.input]
    assert layers
    for source in layers:
        layer = read_vector(source, tmp_path, crs)
        assert len(layer.features) > 0.98 * layer.n_parts > 0, source


def test_hangzhou_takes_small_water_bodies_for_ponds_and_quarries_for_mines(shared_data: Path, tmp_path: Path) -> None:
    settings = load(FOLDER / "hangzhou.toml")
    for name in ("hangzhou_osm_landuse.geojson", "hangzhou_osm_water.geojson"):
        (tmp_path / name).symlink_to(shared_data / "land" / name)
    crs = require_metric("EPSG:4549")
    quarries = read_vector(settings.inputs.mines[0], tmp_path, crs)
    assert quarries.n_rows == 5  # as data/SOURCES.md counts them
    ponds = read_vector(settings.inputs.fishponds[0], tmp_path, crs)
    assert ponds.features.area.max() < 12e4
