"""The rules for names: one public name means one thing, and a participle only computes."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = Path(__file__).parents[2] / "plugins" / "pullsecret"
TREES = {path.relative_to(SOURCES): ast.parse(path.read_text()) for path in sorted(SOURCES.rglob("*.py"))}

SAME_BY_DESIGN = {
    "observe": "actions",
    "plan": "actions",
    "show": "report",
    "run": "entry",
}
"""Names that files of a folder share for the same step, by the folder."""


GENERATED = Path("entry", "generated_commands.py")
"""Its names are those of commands and flags."""


def test_public_name_is_defined_by_one_module() -> None:
    defined = defaultdict(set)
    for path, tree in TREES.items():
        for name in public_names(tree) if path != GENERATED else ():
            if SAME_BY_DESIGN.get(name) != path.parts[0]:
                defined[name].add(str(path))

    assert {name: paths for name, paths in defined.items() if len(paths) > 1} == {}


def public_names(tree: ast.Module) -> Iterator[str]:
    """The functions, classes and constants of a module without a leading underscore."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names = [name]
            case ast.Assign(targets=targets):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = [name]
            case _:
                names = []
        yield from (name for name in names if not name.startswith("_"))


IRREGULAR = frozenset(
    {"begun", "built", "chosen", "done", "found", "given", "held", "kept", "known", "made", "said", "seen", "sent"}
    | {"shown", "spoken", "taken", "told", "written"}
)
OTHER_WORDS = frozenset({"embed", "entitled", "feed", "need", "seed", "speed"})
"""Words that end as a participle does; `entitled` is a command."""

EFFECTS = frozenset(
    {"ask", "close", "connect", "create", "delete", "fetch", "list", "load", "open", "patch", "print", "put"}
    | {"read", "receive", "refresh", "request", "run", "say", "send", "sleep", "start", "wait", "watch", "write"}
)
"""How functions with an effect begin."""

BUILTINS = frozenset({"input", "open", "print"})
METHODS = frozenset(
    {"communicate", "connect", "mkdir", "open", "read", "read_bytes", "read_text", "recv", "request", "run", "send"}
    | {"sendall", "unlink", "urlopen", "write", "write_bytes", "write_text"}
)
CLIENTS = frozenset({"client", "cluster"})
CLIENT_METHODS = frozenset({"create", "delete", "get", "list", "patch", "update"})


def test_participle_only_computes() -> None:
    broken = [
        f"{path}: {function.name} calls {ast.unparse(call.func)}"
        for path, tree in TREES.items()
        for function in functions_of(tree)
        if is_participle(function.name)
        for call in calls_in(function)
        if is_effect(call.func)
    ]

    assert broken == []


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def is_participle(name: str) -> bool:
    word = name.strip("_").partition("_")[0]
    return (word.endswith("ed") and word not in OTHER_WORDS) or word in IRREGULAR


def calls_in(function: ast.FunctionDef) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def is_effect(called: ast.expr) -> bool:
    """Whether a call is known to have an effect, by the name of what it calls: a function, or a method of a client."""
    match called:
        case ast.Name(id=name):
            return name in BUILTINS or is_verb_object(name)
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner.strip("_") in CLIENTS:
            return name in CLIENT_METHODS | METHODS or is_verb_object(name)
        case ast.Attribute(value=ast.Attribute(attr=owner), attr=name) if owner.strip("_") in CLIENTS:
            return name in CLIENT_METHODS | METHODS or is_verb_object(name)
        case ast.Attribute(attr=name):
            return name in METHODS or is_verb_object(name)
    return False


def is_verb_object(name: str) -> bool:
    verb, underscore, _ = name.strip("_").partition("_")
    return bool(underscore) and verb in EFFECTS
