"""How the HTML report looks; charts follow dark paper by the same rules."""

from cellwise.report._canvas import FONT
from cellwise.report._palette import (
    BENCHMARK,
    CONTROL,
    DARK,
    DEPTH,
    GRID,
    INK,
    MUTED,
    NETWORK,
    PAPER,
    rgb,
)

_VARIABLES = {
    "ink": INK,
    "muted": MUTED,
    "grid": GRID,
    "paper": PAPER,
    "network": NETWORK,
    "benchmark": BENCHMARK,
    "depth": DEPTH,
    "control": CONTROL,
}

_RULES = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 FONT}
main{max-width:940px;margin:0 auto;padding:20px 18px 60px}
.brand{color:var(--muted);font-size:14px;margin:0 0 14px;overflow-wrap:anywhere}
.brand b{color:var(--ink)}
section,.verdict{background:var(--paper);border:1px solid var(--grid);border-radius:12px;
 padding:20px 24px;margin:0 0 18px}
.verdict{border-top:6px solid var(--tone);padding-top:18px}
.use_network{--tone:var(--network)}
.use_benchmark{--tone:var(--benchmark)}
.no_answer{--tone:var(--control)}
.pill{color:var(--tone);font-weight:700;font-size:13px;letter-spacing:.05em;
 text-transform:uppercase;margin:0}
h1{font-size:26px;line-height:1.25;margin:4px 0 16px;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:19px;line-height:1.3;margin:0 0 6px}
h3{font-size:14px;margin:10px 0 0;font-weight:600;overflow-wrap:anywhere}
p{margin:0 0 10px;max-width:70ch}
ul,ol{margin:8px 0;padding-left:22px;max-width:74ch}
li{margin:3px 0;overflow-wrap:anywhere}
.about,.absent,footer,.reason{color:var(--muted);font-size:14px}
.next{border-left:3px solid var(--tone);padding:2px 0 2px 14px;margin:14px 0 0}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--page);
 border:1px solid var(--grid);border-radius:5px;padding:1px 5px;overflow-wrap:anywhere}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:14px 20px;
 margin:0 0 14px}
.facts dt{color:var(--muted);font-size:13px}
.facts dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.verdict .facts{grid-template-columns:repeat(auto-fill,minmax(190px,1fr))}
.verdict .facts dd{font-size:19px;line-height:1.3}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.4;
 font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:6px 14px 6px 0;border-bottom:1px solid var(--grid);
 vertical-align:top}
th{color:var(--muted);font-weight:500;white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
.num{text-align:right;white-space:nowrap}
tr.strong td{font-weight:650}
tr.dim td{color:var(--muted)}
tr.yes td:last-child{color:var(--depth);font-weight:600}
.small{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,250px),1fr));
 gap:6px 20px}
.wide{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,380px),1fr));
 gap:10px 24px}
.small>div,.wide>div{min-width:0}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--muted);padding:0;
 margin:6px 0;list-style:none;max-width:none}
.key i{display:inline-block;width:22px;height:0;border-top:3px solid;vertical-align:middle;
 margin-right:6px}
.key i.dash{border-top-style:dashed}
.key i.dot{width:12px;height:12px;border:2px solid;border-radius:50%}
.key i.diamond{width:10px;height:10px;border:2px solid;transform:rotate(45deg)}
.key i.square{width:11px;height:11px;border:2px solid}
.key i.full{background:currentColor}
dl.terms{margin:8px 0;display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;
 font-size:14px}
dl.terms dt{font-weight:600}
dl.terms dd{margin:0}
details summary{cursor:pointer;font-weight:600;font-size:14px}
@media (max-width:560px){
 main{padding:12px 10px 40px}section,.verdict{padding:16px 14px}
 h1{font-size:22px}.facts,.verdict .facts{grid-template-columns:1fr 1fr;gap:12px}
 .verdict .facts dd{font-size:17px}
 dl.terms{grid-template-columns:1fr;gap:0}dl.terms dd{margin-bottom:6px}}
@media print{
 body{background:none;font-size:12px}main{max-width:none;padding:0}
 section,.verdict{border:0;border-top:2px solid var(--grid);border-radius:0;padding:10px 0}
 .wide>div,.small>div,tr,.verdict{break-inside:avoid}.scroll{overflow:visible}}
"""


def stylesheet() -> str:
    """Return the CSS of the report.

    Returns:
        Rules for light paper, dark paper (screens only), narrow screens and print.
    """
    light = ";".join(f"--{name}:{colour}" for name, colour in _VARIABLES.items())
    dark = ";".join(f"--{name}:{DARK[colour]}" for name, colour in _VARIABLES.items())
    return (
        f":root{{{light};--page:#f4f6f8}}{_RULES.replace('FONT', FONT)}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark};--page:#0e1216}}"
        f"{_dark_charts()}}}"
    )


def _dark_charts() -> str:
    """Swap each colour that a chart was drawn in; plotly writes them into style attributes."""
    return "".join(
        f'.js-plotly-plot [style*="{part}: {rgb(colour)}"]{{{part}:{other}!important}}'
        for colour, other in DARK.items()
        for part in ("fill", "stroke")
    )
