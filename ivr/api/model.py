"""What every model of the API is: built when it is first used, since building all of them was half of a start."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A model that is built when it is first used."""

    model_config = ConfigDict(defer_build=True)
