"""Every sentence that the code may raise, read off its source: values stand as `VALUE`."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import pvmap
from pvmap import errors

VALUE = "‡"
DEEPEST = 4  # steps from a name to what was put into it
MOST = 64  # ways to say one thing
RAISED = {name for name in vars(errors) if name.endswith("Error")} | {"ValueError", "NotThere", "Again", "Refusal"}
NOT_FOR_USERS = {"retries are 0 or more"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Source:
    """All modules of the package, parsed once."""

    def __init__(self) -> None:
        root = Path(pvmap.__file__).parent
        paths = [p for p in root.rglob("*.py") if not (p.parent.name == "cli" and p.name.startswith("chinese"))]
        self.modules = {p.relative_to(root).as_posix(): ast.parse(p.read_text(encoding="utf-8")) for p in paths}
        self.functions: dict[str, list[tuple[ast.FunctionDef, ast.Module]]] = {}
        self.calls: dict[str, list[tuple[ast.Call, list[ast.AST], ast.Module]]] = {}
        self.constants: dict[str, ast.expr] = {}
        self.assigned: dict[tuple[int, str], list[ast.expr]] = {}
        self.folders = {id(module): name.rpartition("/")[0] for name, module in self.modules.items()}
        for module in self.modules.values():
            self._walk(module, [], module)
            for node in module.body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    self.constants[node.targets[0].id] = node.value

    def _walk(self, node: ast.AST, within: list[ast.AST], module: ast.Module) -> None:
        if isinstance(node, FUNCTIONS):
            self.functions.setdefault(node.name, []).append((node, module))
            within = [*within, node]
        if isinstance(node, ast.Call):
            self.calls.setdefault(_name(node.func), []).append((node, within, module))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            for function in within:
                self.assigned.setdefault((id(function), node.targets[0].id), []).append(node.value)
        for child in ast.iter_child_nodes(node):
            self._walk(child, within, module)

    def raised(self) -> Iterator[str]:
        """Give every sentence that an error is made with."""
        for kind in sorted(RAISED):
            for call, within, module in self.calls.get(kind, []):
                if call.args:
                    yield from self.ways(call.args[0], within, module, DEEPEST)

    def ways(self, node: ast.expr, within: list[ast.AST], module: ast.Module, deep: int) -> list[str]:
        """Give what an expression may say."""
        if isinstance(node, ast.Constant):
            return [str(node.value)] if isinstance(node.value, str) else [VALUE]
        if isinstance(node, ast.IfExp):
            return self._all([node.body, node.orelse], within, module, deep)
        if isinstance(node, ast.BoolOp):
            return self._all(node.values, within, module, deep)
        if isinstance(node, ast.JoinedStr):
            return self._joined(node.values, within, module, deep)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._joined([node.left, node.right], within, module, deep)
        if isinstance(node, ast.FormattedValue):
            return self.ways(node.value, within, module, deep) if node.conversion != ord("r") else [VALUE]
        if deep and isinstance(node, ast.Name):
            return self._of_name(node.id, within, module, deep - 1)
        if deep and isinstance(node, ast.Subscript) and isinstance(self.constants.get(_name(node.value)), ast.Dict):
            return self._all(self.constants[_name(node.value)].values, within, module, deep)  # type: ignore[attr-defined]
        if deep and isinstance(node, ast.Call):
            return self._of_call(node, within, module, deep - 1)
        return [VALUE]

    def _all(self, nodes: list[ast.expr], within: list[ast.AST], module: ast.Module, deep: int) -> list[str]:
        return list(dict.fromkeys(way for node in nodes for way in self.ways(node, within, module, deep)))

    def _joined(self, nodes: list[ast.expr], within: list[ast.AST], module: ast.Module, deep: int) -> list[str]:
        parts = [self.ways(node, within, module, deep) for node in nodes]
        return ["".join(one) for one in itertools.islice(itertools.product(*parts), MOST)]

    def _of_name(self, name: str, within: list[ast.AST], module: ast.Module, deep: int) -> list[str]:
        for function in reversed(within):
            if put := self.assigned.get((id(function), name)):
                return _told(self._all(put, within, module, deep))
            if name in (given := [one.arg for one in function.args.args]):  # type: ignore[attr-defined]
                return self._given(function, given, name, deep)  # type: ignore[arg-type]
        if name in self.constants:
            return self.ways(self.constants[name], [], module, deep)
        return [VALUE]

    def _given(self, function: ast.FunctionDef, names: list[str], name: str, deep: int) -> list[str]:
        """Give what callers say by an argument."""
        at, found = names.index(name), []
        default = dict(zip(names[::-1], function.args.defaults[::-1], strict=False)).get(name)
        if default is not None:
            found += self.ways(default, [], self.modules["__init__.py"], deep)
        at -= names[0] in ("self", "cls")
        every = self.functions[function.name]
        folder = next(self.folders[id(module)] for one, module in every if one is function)
        for call, within, module in self.calls.get(function.name, []):
            if len(every) > 1 and not self.folders[id(module)].startswith(folder):
                continue  # of another function of that name
            said = {one.arg: one.value for one in call.keywords}.get(name)
            if said is None and at < len(call.args) and not isinstance(call.args[at], ast.Starred):
                said = call.args[at]
            if said is not None:
                found += self.ways(said, within, module, deep)
        return _told(list(dict.fromkeys(found))) or [VALUE]

    def _of_call(self, call: ast.Call, within: list[ast.AST], module: ast.Module, deep: int) -> list[str]:
        name = _name(call.func)
        table = self.constants.get(_name(call.func.value)) if isinstance(call.func, ast.Attribute) else None
        if name == "get" and isinstance(table, ast.Dict):
            return self._all([*table.values, *call.args[1:]], within, module, deep)
        every = self.functions.get(name, [])
        own = [one for one in every if one[1] is module] or every
        if len(own) != 1 or name in RAISED:
            return [VALUE]
        made = [n.value for n in ast.walk(own[0][0]) if isinstance(n, ast.Return) and n.value is not None]
        return self._all(made, [own[0][0]], own[0][1], deep)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _told(ways: list[str]) -> list[str]:
    """Leave out nothing at all where the others are single words: it is a value too."""
    return ways if any(" " in way for way in ways) else [way or VALUE for way in ways]
