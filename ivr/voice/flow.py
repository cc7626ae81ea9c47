"""Draws the call flow out of the source of the scripts: which step leads to which."""

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType

from ivr.voice import again, call_back, checks, help, script, whisper

HEADER = """# The call, drawn from its source

Made by `make call-flow`; a test keeps it current. A box is a step, that is a place in a URL; a rounded one is a part
of the script that several steps share. An arrow leads to what may be heard next, by a key, by silence or by itself.
"""


SCRIPTS = (
    ("The caller", (script, again, call_back)),
    ("The engineer", (whisper, help)),
    ("A phone that is checked", (checks,)),
)


def draw() -> str:
    """The whole document, as Markdown with Mermaid diagrams and the stage directions."""
    parts = [HEADER]
    for title, modules in SCRIPTS:
        functions = {name: node for module in modules for name, node in functions_of(module).items()}
        parts += [f"## {title}\n", "```mermaid", "flowchart TD"]
        parts += [f"    {name}([{name}])" for name, node in functions.items() if not is_step(node)]
        parts += [f"    {name} --> {to}" for name, node in functions.items() for to in leads_to(node, functions)]
        parts += ["```\n", *(f"- **{name}**: {direction(node)}" for name, node in functions.items()), ""]
    return "\n".join(parts).rstrip() + "\n"


def functions_of(module: ModuleType) -> dict[str, ast.FunctionDef]:
    """The functions of a module in the order in which they are written."""
    tree = ast.parse(inspect.getsource(module))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def is_step(node: ast.FunctionDef) -> bool:
    """Whether a function is registered as a step."""
    return any(isinstance(mark, ast.Name) and mark.id.endswith("_step") for mark in node.decorator_list)


def direction(node: ast.FunctionDef) -> str:
    """The stage direction: the first line of the docstring."""
    return (ast.get_docstring(node) or "").splitlines()[0]


def leads_to(node: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> list[str]:
    """The functions of the same script that a function mentions, each once, in order."""
    return list(dict.fromkeys(name for name in names_in(node) if name in functions))


def names_in(node: ast.FunctionDef) -> Iterator[str]:
    """Every name that the body of a function mentions, or names as a place, in order."""
    for part in node.body:
        for found in ast.walk(part):
            if isinstance(found, ast.Name):
                yield found.id
            elif isinstance(found, ast.Constant) and isinstance(found.value, str):
                yield found.value  # a place that is named, not imported


if __name__ == "__main__":
    print(draw(), end="")  # noqa: T201 - this is its output
