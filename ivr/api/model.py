"""What every model of the API is: built when it is first used, and described once."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from spectree.model_adapter.protocol import SchemaMode
from spectree.model_adapter.pydantic_adapter import PydanticModelAdapter


class Model(BaseModel):
    """A model that is built when it is first used."""

    model_config = ConfigDict(defer_build=True)


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
