"""Schemas of the API's models, each made once."""

from typing import Any

from spectree.model_adapter.protocol import SchemaMode
from spectree.model_adapter.pydantic_adapter import PydanticModelAdapter


class DescribesOnce(PydanticModelAdapter):
    """Makes the schema of a model once: each resource asks for those of all its problems (a fifth of a start)."""

    def __init__(self) -> None:
        """Nothing is described yet."""
        super().__init__()
        self._made: dict[tuple[type[Any], str, SchemaMode], dict[str, Any]] = {}

    def json_schema(self, model: type[Any], *, ref_template: str, mode: SchemaMode = "validation") -> dict[str, Any]:
        """As the library makes it, which copies it before it adds to it."""
        key = (model, ref_template, mode)
        if key not in self._made:
            self._made[key] = super().json_schema(model, ref_template=ref_template, mode=mode)
        return self._made[key]
