"""Measure the longest echo of 1 to 3 layers of 4 to 32 cells; write `map.json` beside this file.

OMP_NUM_THREADS=1 python studies/dependency_map/measure.py
"""

import json
from pathlib import Path

from cellwise import Architecture
from cellwise.measure import Effort, map_echo

LAYERS, CELLS = (1, 2, 3), (4, 8, 16, 32)
EFFORT = Effort(steps=1500, seeds=3)


def main() -> None:
    found = map_echo(
        Architecture.parse("lstm(4)"),
        LAYERS,
        CELLS,
        EFFORT,
        on_result=lambda one: print(one.sentence, one.spent.sentence, flush=True),
    )
    path = Path(__file__).with_name("map.json")
    path.write_text(json.dumps([one.to_dict() for one in found]) + "\n")


if __name__ == "__main__":
    main()
