"""One HTML page, complete in itself: no network, light and dark, readable without colour and by a screen reader."""

from __future__ import annotations

from html import escape

_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #111827; --muted: #4b5563; --line: #d1d5db; --link: #00568a; }
@media (prefers-color-scheme: dark) { :root { --paper: #0f172a; --ink: #e5e7eb; --muted: #a3adbd; --line: #374151; --link: #7cc4ee; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; background: var(--paper); color: var(--ink); }
body { font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; } p { max-width: 50rem; } .muted { color: var(--muted); }
a { color: var(--link); } a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; } caption { text-align: left; padding: .3rem 0; color: var(--muted); }
th, td { padding: .3rem .9rem; border-bottom: 1px solid var(--line); text-align: right; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
figure { margin: .8rem 0; padding: .5rem; background: #fff; border: 1px solid var(--line); border-radius: .6rem; overflow-x: auto; }
figure svg { display: block; margin: 0 auto; max-width: 100%; height: auto; min-width: 72rem; }
pre { background: color-mix(in srgb, var(--ink) 6%, transparent); padding: .8rem; border-radius: .5rem; overflow-x: auto; }
"""


def page(title: str, body: str, style: str = "", script: str = "") -> str:
    """A page of this title (text) around this body (HTML), with more of style and a script where it needs them."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}{style}</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
{body}
</main>
{f"<script>{script}</script>" if script else ""}
</body>
</html>
"""


def table(caption: str, heads: list[str], rows: list[list[str]]) -> str:
    """A table; the cells are HTML, the first of a row its heading."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        "<tr>" + f'<th scope="row">{cells[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in cells[1:]) + "</tr>\n" for cells in rows
    )
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )
