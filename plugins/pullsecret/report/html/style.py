"""The style sheet of the page: light and dark as the system is, narrow and wide screens, and paper."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --back: #ffffff; --text: #1a1d21; --muted: #525a63; --line: #c9ced6; --raised: #f5f6f8; --link: #0b4fb3;
  --account: #dff3e4; --on-account: #0b4f27; --fill-account: #3a9a5c;
  --list: #dcebff; --on-list: #123a70; --fill-list: #4a86d8;
  --nodes: #e9e3fb; --on-nodes: #40227f; --fill-nodes: #8a6fd1;
  --none: #e9ebee; --on-none: #3f464e; --fill-none: #8b939c;
  --broken: #fbdcd9; --on-broken: #7d1206; --fill-broken: #cf3b2c;
  --unknown: #fff0c2; --on-unknown: #574000; --fill-unknown: #a87700;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --back: #14171b; --text: #e6e8eb; --muted: #a8b0ba; --line: #414852; --raised: #1d2126; --link: #8ab4f8;
    --account: #12351f; --on-account: #b4e6c4; --fill-account: #4fae71;
    --list: #14304f; --on-list: #b9d6ff; --fill-list: #5b97e6;
    --nodes: #2c2150; --on-nodes: #d3c6ff; --fill-nodes: #9d85e0;
    --none: #2a2f36; --on-none: #c3c9d1; --fill-none: #7a828c;
    --broken: #4f1712; --on-broken: #ffc9c2; --fill-broken: #e5594a;
    --unknown: #443300; --on-unknown: #ffe08a; --fill-unknown: #d9a814;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; padding: 1rem clamp(0.75rem, 2vw, 2rem) 3rem; background: var(--back); color: var(--text);
  font: 0.9375rem/1.45 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
h1 { margin: 0 0 0.25rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 0.25rem; font-size: 1.4rem; overflow-wrap: anywhere; }
h3 { margin: 2.25rem 0 0.5rem; font-size: 1.15rem; }
h4 { margin: 1.5rem 0 0.5rem; font-size: 1rem; }
p { margin: 0.25rem 0 0.75rem; max-width: 80ch; overflow-wrap: anywhere; }
a { color: var(--link); }
code { font: 0.875em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; user-select: all; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
.muted, small { color: var(--muted); }
.notice { padding: 0.5rem 0.75rem; background: var(--broken); color: var(--on-broken); border-radius: 4px; }
.skip { position: absolute; left: -100vw; padding: 0.5rem 1rem; background: var(--back); z-index: 3; }
.skip:focus { left: 0.5rem; }
nav { margin: 0.75rem 0; border-block: 1px solid var(--line); padding: 0.4rem 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: 0.2rem 0; overflow-wrap: anywhere; }
nav .name { font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0.5rem; }
.tiles { margin: 0.75rem 0; padding: 0; list-style: none; }
.tiles a {
  display: block; height: 100%; padding: 0.5rem 0.75rem; background: var(--raised); color: var(--text);
  border: 1px solid var(--line); border-radius: 6px; text-decoration: none;
}
.tiles a:hover { border-color: var(--link); }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; }
.tiles .broken a { background: var(--broken); color: var(--on-broken); }
.tiles .unknown a { background: var(--unknown); color: var(--on-unknown); }
.legend { display: flex; flex-wrap: wrap; gap: 0.35rem 1.25rem; margin: 0.25rem 0 0.5rem; padding: 0; }
.legend { list-style: none; }
.frame { overflow: auto; margin: 0 0 1rem; border: 1px solid var(--line); border-radius: 6px; }
.tall { max-height: 85vh; content-visibility: auto; contain-intrinsic-height: 85vh; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td {
  padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top;
  unicode-bidi: isolate; overflow-wrap: break-word; max-width: 44ch; min-width: 5ch;
}
tbody tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 500; }
thead th { position: sticky; top: 0; z-index: 1; background: var(--raised); vertical-align: bottom; font-weight: 600; }
.number { text-align: end; }
.mark { display: inline-block; padding: 0 0.45em; border-radius: 3px; }
.matrix { width: 0; table-layout: fixed; }
.matrix td { border-left: 1px solid var(--line); }
.matrix thead th { width: 7.5rem; overflow-wrap: anywhere; }
.matrix thead th:first-child { width: 15rem; }
.matrix tbody th { position: sticky; left: 0; background: var(--back); max-width: 22ch; overflow-wrap: anywhere; }
.matrix thead th:first-child { left: 0; z-index: 2; }
.account { background: var(--account); color: var(--on-account); }
.list { background: var(--list); color: var(--on-list); }
.nodes { background: var(--nodes); color: var(--on-nodes); }
.none { background: var(--none); color: var(--on-none); }
.broken { background: var(--broken); color: var(--on-broken); }
.unknown { background: var(--unknown); color: var(--on-unknown); }
.mark.broken, td.broken { font-weight: 600; }
.tiles .broken, .tiles .unknown { background: none; }
.idle { background: none; color: var(--muted); }
details summary { cursor: pointer; }
details p { margin: 0.25rem 0 0; max-height: 40vh; overflow: auto; }
dt { font-weight: 600; margin-top: 0.5rem; }
dd { margin: 0; max-width: 80ch; overflow-wrap: anywhere; }
.tools { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; margin: 0 0 0.5rem; }
.tools label { display: inline-flex; gap: 0.4rem; align-items: center; }
.tools input, .tools select {
  font: inherit; color: inherit; background: var(--back); border: 1px solid var(--muted); border-radius: 4px;
  padding: 0.2rem 0.4rem; min-height: 2rem; max-width: 100%;
}
.tools output { color: var(--muted); }
.sort {
  all: unset; cursor: pointer; font-weight: 600; display: inline-flex; gap: 0.3em; align-items: end; min-height: 1.5rem;
}
.sort:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.sort::after { content: "\\2195"; color: var(--muted); }
[aria-sort=ascending] .sort::after { content: "\\2191"; color: inherit; }
[aria-sort=descending] .sort::after { content: "\\2193"; color: inherit; }
svg { display: block; margin: 0.5rem; width: calc(100% - 1rem); min-width: 42rem; max-width: 54rem; height: auto; }
svg text { fill: var(--text); font-size: 13px; }
svg .small { fill: var(--muted); font-size: 12px; }
.source { fill: var(--raised); stroke: var(--muted); }
.source.missing { stroke: var(--fill-broken); stroke-dasharray: 5 4; }
.curve { fill: none; stroke: var(--muted); stroke-width: 1.5; }
.tick { stroke: var(--line); }
.today { stroke: var(--text); stroke-width: 1.5; }
.fill-account { fill: var(--fill-account); }
.fill-list { fill: var(--fill-list); }
.fill-nodes { fill: var(--fill-nodes); }
.fill-none { fill: var(--fill-none); }
.fill-broken { fill: var(--fill-broken); }
.fill-unknown { fill: var(--fill-unknown); }
@media (max-width: 40rem) {
  table { min-width: 48rem; }
  .matrix { min-width: 0; }
  .matrix thead th:first-child { width: 9rem; }
}
@page { size: A4 landscape; margin: 12mm; }
@media print {
  :root {
    color-scheme: light;
    --text: #000000; --muted: #444444; --line: #bbbbbb; --link: #000000;
  }
  body { padding: 0; font-size: 8.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, .tools, .skip, .sort::after { display: none; }
  .frame, .tall, details p { overflow: visible; max-height: none; border: 0; content-visibility: visible; }
  thead { display: table-header-group; }
  thead th, .matrix tbody th { position: static; }
  tr, svg, li { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  th, td { padding: 0.15rem 0.35rem; }
  .matrix { font-size: 7pt; }
  .matrix { width: 100%; }
  .matrix thead th, .matrix thead th:first-child { width: auto; }
  details::details-content { content-visibility: visible; display: block; }
}
"""
"""Light, then dark; each color of text has a contrast of at least 4.5 to its background, and each shape one of 3."""
