"""A guard over migrations: the release before goes on running on the new shape, because a migration only adds."""

import ast

from tests.guards.test_guards import ROOT

TAKES_AWAY = {"drop_table", "drop_column", "alter_column", "rename_table", "drop_constraint"}


def widens(node: ast.AST) -> bool:
    """Whether a column only gets more room: what the release before writes fits, and it reads what is there."""
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in getattr(node, "keywords", [])}
    return (
        set(given) == {"type_", "existing_type"}
        and given["type_"] == "sa.Text()"
        and "String" in given["existing_type"]
    )


def called(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name


def test_a_migration_takes_nothing_away_and_adds_only_columns_that_an_older_release_may_leave_out() -> None:
    for path in sorted((ROOT / "migrations" / "versions").glob("*.py")):
        tree = ast.parse(path.read_text())
        upgrade = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade")
        added = [node for node in ast.walk(upgrade) if called(node, "add_column")]
        for node in ast.walk(upgrade):
            takes_away = any(called(node, name) for name in TAKES_AWAY) and not widens(node)
            assert not takes_away, f"{path.name}:{getattr(node, 'lineno', 0)}"
        for column in (node for one in added for node in ast.walk(one) if called(node, "Column")):
            assert isinstance(column, ast.Call)
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in column.keywords}
            assert given.get("nullable") != "False" or "server_default" in given, f"{path.name}:{column.lineno}"
