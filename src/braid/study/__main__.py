"""Write the JSON schemas that editors check study and config files against."""

import json
from pathlib import Path

from braid.study import Config, Study
from braid.study.claims import Claims

SCHEMAS = Path(__file__).parents[3] / "workflow" / "schemas"


def write(folder: Path) -> None:
    """Write one schema for each kind of YAML file into `folder`."""
    for name, model in {"study": Study, "config": Config, "claims": Claims}.items():
        text = json.dumps(model.model_json_schema(), indent=2) + "\n"
        (folder / f"{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(SCHEMAS)
