/** The page's one style sheet. Colours are variables, so that dark mode and print change nothing else. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--card:#f6f7f9;--text:#1a1d21;--soft:#5b6470;--line:#d9dee4;--good:#2f6f9f;--bad:#b3261e;--stop:#8a6100;--chain:#0b3d62;--gap:#eceff3;--accent:#0b57a4}
@media (prefers-color-scheme:dark){:root{--ground:#14171a;--card:#1d2125;--text:#e8eaed;--soft:#a3acb8;--line:#353b42;--good:#6aa9d8;--bad:#ff8a80;--stop:#e0b04c;--chain:#bfe0ff;--gap:#262b31;--accent:#8ec5ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1120px;padding:24px 16px 64px;background:var(--ground);color:var(--text);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{font-size:1.1rem;margin:0 0 4px;color:var(--soft);font-weight:600}
h2{font-size:1.2rem;margin:40px 0 8px}
h3{font-size:1rem;margin:24px 0 4px}
p{margin:4px 0 8px;max-width:75ch}
.lead{font-size:1.45rem;line-height:1.3;font-weight:600;margin:4px 0 12px;max-width:56ch}
.soft,.note,caption{color:var(--soft)}
.note{font-size:.87rem}
a{color:var(--accent)}
a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(135px,1fr));gap:8px;margin:16px 0;padding:0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
.tiles dt{color:var(--soft);font-size:.85rem}
.tiles dd{margin:0;font-size:1.3rem;font-weight:600;font-variant-numeric:tabular-nums}
.tiles dd small{display:block;font-size:.8rem;font-weight:400;color:var(--soft)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:2px 0 6px;font-size:.87rem}
th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}
td{overflow-wrap:anywhere}
td.number,th.number{text-align:right;white-space:nowrap;overflow-wrap:normal}
th{color:var(--soft);font-weight:600;white-space:nowrap}
th button{all:unset;cursor:pointer;color:inherit;font:inherit}
th[aria-sort=ascending] button::after{content:" \\2191"}
th[aria-sort=descending] button::after{content:" \\2193"}
.name{min-width:9em}
.failed{color:var(--bad);font-weight:600}
.stopped{color:var(--stop);font-weight:600}
svg{display:block;width:100%}
.bars{height:18px;min-width:180px}
.chart{height:110px;background:var(--card);border:1px solid var(--line);border-radius:8px}
.spark{height:16px;width:90px}
.defs{position:absolute;width:0;height:0}
.good{fill:var(--good)}.bad{fill:url(#hatch);stroke:var(--bad);stroke-width:1;vector-effect:non-scaling-stroke}.stop{fill:var(--stop)}.open{fill:none;stroke:var(--soft);vector-effect:non-scaling-stroke}
.chain{stroke:var(--chain);stroke-width:2;vector-effect:non-scaling-stroke}
.hatching{stroke:var(--bad);stroke-width:5}.hatching-ground{fill:var(--gap)}
tr.gap td{color:var(--soft);background:var(--gap);font-size:.85rem}
.axis{display:flex;gap:12px;max-width:none;justify-content:space-between;color:var(--soft);font-size:.8rem}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;color:var(--soft);font-size:.85rem;margin:4px 0;padding:0;list-style:none}
.legend svg{display:inline-block;width:22px;height:12px;vertical-align:-1px;margin-right:4px}
.waterfall{border-top:2px solid var(--line);margin-top:20px;padding-top:4px;content-visibility:auto;contain-intrinsic-size:auto 1800px}
.tools{margin:8px 0}.tools input{font:inherit;padding:4px 8px;border:1px solid var(--line);border-radius:6px;background:var(--ground);color:var(--text);width:min(100%,320px)}
.waterfall button.zoom{all:unset;cursor:zoom-in;border-bottom:1px dotted var(--soft)}
.waterfall button.whole{font:inherit;padding:3px 10px;border:1px solid var(--line);border-radius:6px;background:var(--card);color:var(--text);cursor:pointer}
.needs-script{display:none}.script .needs-script{display:block}
details{margin:4px 0 8px}summary{cursor:pointer;color:var(--accent)}
code{font:.92em ui-monospace,Consolas,monospace}
.explained dt{font-weight:600;margin-top:10px}.explained dd{margin:0 0 2px 0;max-width:75ch}
@media (max-width:640px){body{padding:16px 12px 48px}.lead{font-size:1.2rem}.tiles{grid-template-columns:1fr 1fr}.lanes thead{display:none}.lanes tr{display:grid;grid-template-columns:auto 1fr auto;border-bottom:1px solid var(--line);padding:4px 0}.lanes td{border:0;padding:1px 8px 1px 0}.lanes td.timeline{grid-column:1/-1}.lanes td.result{grid-column:1/-1}.bars{min-width:0}}
@media print{body{max-width:none;padding:0;font-size:11px;print-color-adjust:exact;-webkit-print-color-adjust:exact}.needs-script,.script .needs-script,.waterfall button.whole{display:none}h2{break-after:avoid}tr{break-inside:avoid}.waterfall{content-visibility:visible}}
`
