"""The main job on real data: weekly CO2 at Mauna Loa, half a year ahead. `make demo` runs it."""

import tempfile
from pathlib import Path

import statsmodels.api as sm

from cellwise.cli import make_app


def main() -> None:
    frame = sm.datasets.co2.load_pandas().data
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "co2.csv"
        frame.to_csv(table, index_label="week")
        # no budget but limits: the same result on every run of this machine
        make_app()(
            f"fit {table} --target co2 --time week --horizon 26 --missing interpolate "
            "--max-cells 8 --max-layers 2 --epochs 16 --out demo-run --force".split(),
        )


if __name__ == "__main__":
    main()
