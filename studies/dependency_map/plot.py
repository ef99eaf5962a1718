"""Draw `map.json` as `docs/dependency_map.svg`."""

import json
from pathlib import Path

from cellwise import Architecture

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "docs" / "dependency_map.svg"
LEFT, TOP, WIDE, HIGH, GAP = 96, 84, 118, 74, 4
# from few steps to many: lightness alone tells them apart, in print too
LIGHT, DARK = (222, 235, 247), (8, 69, 148)
STYLE = (
    "<style>text{font-family:system-ui,sans-serif;fill:#1f2933}.muted{fill:#5f6c7b}"
    "@media(prefers-color-scheme:dark){.page{fill:#14181d}.out{fill:#e6eaee}.muted.out{fill:#9aa7b4}}"
    "</style>"
)


def colour(share: float) -> str:
    mixed = (round(low + share * (high - low)) for low, high in zip(LIGHT, DARK, strict=True))
    return "rgb({},{},{})".format(*mixed)


def text(x: float, y: float, words: str, *, size: int = 14, kind: str = "out", **style: str) -> str:
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" class="{kind}"{more}>{words}</text>'


def tile(column: int, row: int, one: dict, most: float) -> str:
    x, y = LEFT + column * WIDE, TOP + row * HIGH
    share = one["value"] / most
    ink = "#ffffff" if share > 0.55 else "#1f2933"
    seeds = ", ".join(f"{value:g}" for value in sorted(one["replicates"]))
    middle = x + (WIDE - GAP) / 2
    style = {"text_anchor": "middle", "style": f"fill:{ink}"}
    return (
        f'<rect x="{x}" y="{y}" width="{WIDE - GAP}" height="{HIGH - GAP}" rx="4" '
        f'fill="{colour(share)}"/>'
        + text(middle, y + 36, f"{one['value']:g}", size=22, kind="", font_weight="600", **style)
        + text(middle, y + 56, f"seeds: {seeds}", size=12, kind="", **style)
    )


def draw(found: list[dict]) -> str:
    places = {}
    for one in found:
        sizes = Architecture.parse(one["architecture"]).hidden_sizes
        places[len(sizes), sizes[0]] = one
    depths, widths = sorted({d for d, _ in places}), sorted({w for _, w in places})
    most = max(one["value"] for one in found)
    wide, high = LEFT + len(widths) * WIDE + 20, TOP + len(depths) * HIGH + 78
    spent = found[0]["spent"]["limits"]
    parts = [
        text(
            20,
            28,
            "How late an LSTM can echo a random wave",
            size=17,
            font_weight="600",
        ),
        text(
            20,
            50,
            "Longest delay learnt by the best seed, in steps; a lower bound",
            size=13,
            kind="muted out",
        ),
    ]
    for column, width in enumerate(widths):
        middle = LEFT + column * WIDE + (WIDE - GAP) / 2
        parts.append(text(middle, TOP - 10, f"{width} cells", size=13, text_anchor="middle"))
    for row, depth in enumerate(depths):
        words = f"{depth} layer{'s' if depth > 1 else ''}"
        parts.append(text(LEFT - 12, TOP + row * HIGH + 40, words, size=13, text_anchor="end"))
        parts += [tile(i, row, places[depth, width], most) for i, width in enumerate(widths)]
    low = TOP + len(depths) * HIGH
    parts += [
        text(
            20,
            low + 28,
            "Its sign is drawn anew every 5 steps; learnt: 99 % of fresh signs are right.",
            size=12,
            kind="muted out",
        ),
        text(
            20,
            low + 48,
            f"{spent['seeds']} seeds, 2 learning rates, {spent['steps']:,} steps of Adam; "
            "studies/dependency_map",
            size=12,
            kind="muted out",
        ),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" '
        f'height="{high}" role="img" aria-label="Longest delay learnt, by layers and cells">{STYLE}'
        f'<rect class="page" width="{wide}" height="{high}" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def main() -> None:
    OUT.write_text(draw(json.loads((HERE / "map.json").read_text())))
    print(OUT)


if __name__ == "__main__":
    main()
