"""Ways in which a file goes wrong: bytes, lines, cells, encodings, and values and shapes of JSON and TOML."""

from __future__ import annotations

import copy
import json
import random
import re
from typing import Any

NUMBERS = (
    "0",
    "-1",
    "1e308",
    "-1e308",
    "1e999",
    "nan",
    "inf",
    "-inf",
    "9" * 20,
    "9" * 400,
    "0x1f",
    "1_0",
    "1,5",
    "１２",
)
WORDS = (
    *(
        "",
        " ",
        '"',
        "'",
        "\\",
        "\x00",
        "\x1b[31m",
        "\ufeff",
        "\u202e",
        "{{ x }}",
        "<b>",
        "=1+1",
        "null",
        "true",
        "[]",
        "{}",
    ),
    *(
        "../../x",
        "/dev/zero",
        "/vsicurl/http://127.0.0.1:9/",
        "C:\\x",
        "CON",
        "鱼塘",
        "𠮷",
        "\udcff",
        "x" * 5000,
        "2023-02-30",
    ),
    *(
        "EPSG:4326",
        "EPSG:0",
        "+proj=ortho",
        "Infinity",
        "01",
        "None",
        "SELECT",
        ";",
        "POINT EMPTY",
        "POLYGON ((0 0, 1 1))",
    ),
)
VALUES: tuple[Any, ...] = (
    *(None, True, "", "x", "1", -1, 0, 1.5, 10**30, 1e308, float("nan"), float("inf"), [], {}, [[]], [None], {"a": {}}),
    *([1, 2], [[0, 0], [1, 1]], "EPSG:4326", "Polygon", "\x00"),
)
SETTINGS = (
    *(
        "0",
        "-1",
        "1",
        "1.5",
        "1e308",
        "-1e308",
        "1e-308",
        "inf",
        "-inf",
        "nan",
        "true",
        '""',
        '"x"',
        "[]",
        "{}",
        "[[]]",
    ),
    *(
        "9" * 19,
        "9" * 30,
        "9" * 5000,
        "2020-01-01",
        "[1, 2]",
        '["a", "b"]',
        '"EPSG:99999"',
        '"EPSG:4326"',
        '"+proj=ortho"',
    ),
    *(
        '"/dev/zero"',
        '"../x"',
        '"C:\\\\x"',
        '"\\u0000"',
        '"/vsizip/x"',
        '"a/../b.geojson"',
        '"1=1) UNION SELECT (1"',
        '"' + "x" * 400 + '"',
    ),
)
ENCODINGS = ("gb18030", "big5", "utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "utf-7")
DEEP = 20_000
MOST = 5_000_000  # letters of a repeated line: the memory that is measured is the product's


def mutate_bytes(chance: random.Random, content: bytes) -> bytes:
    """Overwrite, drop, insert, repeat, cut or exchange pieces; headers more often than the rest."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8, 32))):
        if not data:
            break
        reach = len(data) if chance.random() < 0.5 else min(len(data), 512)
        at, n = chance.randrange(reach), chance.choice((1, 1, 2, 4, 8, 16, 256, 4096))
        match chance.randrange(9):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at : at + n] = chance.randbytes(min(n, len(data) - at))
            case 2:
                del data[at : at + n]
            case 3:
                data[at:at] = chance.randbytes(n)
            case 4:
                data[at : at + n] = bytes([chance.choice((0, 0xFF, 0x7F, 0x80))]) * min(n, len(data) - at)
            case 5:
                del data[at:]
            case 6:
                data[at:at] = data[at : at + n] * chance.choice((1, 2, 50))
            case 7:
                size = chance.choice((2, 4, 8))
                number = chance.choice((0, 1, 2 ** (8 * size) - 1, 2 ** (8 * size - 1), 2 ** (8 * size - 1) - 1))
                data[at : at + size] = number.to_bytes(size, chance.choice(("little", "big")))
            case 8:
                other = chance.randrange(len(data))
                data[at : at + n], data[other : other + n] = data[other : other + n], data[at : at + n]
    return bytes(data)


def mutate_text(chance: random.Random, content: bytes) -> bytes:
    """Exchange words and numbers, move lines, change separators or the encoding."""
    text = content.decode("utf-8", "surrogateescape")
    lines = text.split("\n")

    def line() -> int:
        return chance.randrange(min(len(lines), 20) if chance.random() < 0.6 else len(lines))

    match chance.randrange(10):
        case 0 | 1 | 2 | 3:
            for _ in range(chance.choice((1, 1, 2, 6))):
                at = line()
                parts = list(re.finditer(r"[-+.\w]+|[^\s\w]", lines[at]))
                if parts:
                    part = chance.choice(parts)
                    new = chance.choice(NUMBERS + WORDS)
                    lines[at] = lines[at][: part.start()] + new + lines[at][part.end() :]
        case 4:
            at = line()
            del lines[at : at + chance.choice((1, 1, 3, 1000))]
        case 5:
            at = line()
            times = chance.choice((1, 2, 200))
            lines[at:at] = [lines[at]] * min(times, MOST // (len(lines[at]) + 1))
        case 6:
            encoding = chance.choice(ENCODINGS)
            return text.encode(encoding, "replace")
        case 7:
            old = chance.choice((",", ".", "\n", " ", '"', ":", "-", "0"))
            new = chance.choice((";", "\t", "", "\r", "\r\n", ",,", "，", "\x00", '"', "|"))
            return text.replace(old, new, chance.choice((1, 5, -1))).encode("utf-8", "surrogateescape")
        case 8:
            one, other = line(), line()
            lines[one], lines[other] = lines[other], lines[one]
        case 9:
            return mutate_bytes(chance, content)
    return "\n".join(lines).encode("utf-8", "surrogatepass" if chance.random() < 0.5 else "replace")


def mutate_json(chance: random.Random, content: bytes) -> bytes:
    """Change values and shapes somewhere in the tree, near its root as often as deep down."""
    if chance.random() < 0.3:
        return mutate_text(chance, content)
    if chance.random() < 0.03:
        return (chance.choice(("[", '{"a":', '{"features":[')) * DEEP).encode()
    tree = json.loads(content)
    for _ in range(chance.choice((1, 1, 2, 4))):
        holder, key = _somewhere(chance, tree)
        if holder is None:
            return json.dumps(chance.choice(VALUES)).encode()
        match chance.randrange(6):
            case 0 | 1 | 2:
                holder[key] = copy.deepcopy(chance.choice(VALUES))
            case 3:
                del holder[key]
            case 4:
                holder[key] = [holder[key]] if chance.random() < 0.5 else {"a": holder[key]}
            case 5:
                if isinstance(holder, list):
                    holder.append(copy.deepcopy(holder[key]))
                else:
                    holder[chance.choice(("x", "", "type", "id"))] = copy.deepcopy(holder[key])
    return json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "replace")


def _somewhere(chance: random.Random, tree: Any) -> tuple[Any, Any]:
    """A list or dict below the root, and one of its keys."""
    here: Any = tree
    found: tuple[Any, Any] = (None, None)
    while isinstance(here, list | dict) and here:
        if isinstance(here, list):
            key: Any = chance.randrange(len(here)) if chance.random() < 0.5 else chance.randrange(min(len(here), 3))
        else:
            key = chance.choice(list(here))
        found = (here, key)
        if chance.random() < 0.3:
            break
        here = here[key]
    return found


def mutate_toml(chance: random.Random, text: str, names: list[tuple[str, str]]) -> str:
    """Change a value of the city file, or add one of its (section, key) with a value of any kind."""
    if chance.random() < 0.15:
        return mutate_text(chance, text.encode()).decode("utf-8", "replace")
    if chance.random() < 0.02:
        return text + "\n[x]\na = " + "[" * DEEP
    lines = text.split("\n")
    for _ in range(chance.choice((1, 1, 2))):
        if chance.random() < 0.4:
            at = chance.choice([number for number, line in enumerate(lines) if " = " in line])
            lines[at] = lines[at].split(" = ")[0] + " = " + chance.choice(SETTINGS)
        else:
            section, key = chance.choice(names)
            header = f"[{section}]"
            entry = f"{key} = {chance.choice(SETTINGS)}"
            if header in lines:
                lines.insert(lines.index(header) + 1, entry)
            else:
                lines += [header, entry]
    return "\n".join(lines)
