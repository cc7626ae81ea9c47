"""The description of the API (OpenAPI), made from the code."""

import copy
from typing import Any

from flask import current_app

from ivr.api.frame import SCOPES, api, spec
from ivr.standby.houses import Houses

SCOPES["api.openapi"] = None


@api.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """The description of the API (OpenAPI), made from the code."""
    houses: Houses = current_app.extensions["houses"]
    return {**described(spec.spec), "servers": [{"url": houses.main.settings.public_url}]}


def described(found: dict[str, Any]) -> dict[str, Any]:
    """The description with the content types of what is not plain JSON: problems, and text."""
    found = copy.deepcopy(found)
    for path in found["paths"].values():
        for operation in path.values():
            scope = SCOPES[f"api.{operation['operationId']}"]
            operation["description"] = f"Needs the scope `{scope}`."
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                if int(status) >= 400 and "application/json" in content:
                    content["application/problem+json"] = content.pop("application/json")
                elif int(status) == 200 and not content:
                    answer["content"] = {"text/plain": {"schema": {"type": "string"}}}
    return found
