/** The one style sheet of the server-rendered pages; its tokens are those of the dashboard, light and dark. */
export const pagesCss = `
:root { color-scheme: light dark; --bg: #f7f7f5; --panel: #fff; --sunken: #f1f1ee; --line: #e4e4df; --line-strong: #d3d3cc; --text: #1b1c1a; --text-2: #5c5f58; --text-3: #6f726a; --inverse: #fff; --accent: #0b6e66; --accent-hover: #095a54; --accent-soft: #e2f1ef; --accent-line: #b5dad5; --green: #1a7f45; --green-soft: #e3f4e9; --amber: #8f5b00; --amber-soft: #fdf1d8; --red: #b42318; --red-soft: #fcebe9; --grey: #5c5f58; --grey-soft: #ecece8; }
@media (prefers-color-scheme: dark) { :root { --bg: #121412; --panel: #191c1a; --sunken: #0e100f; --line: #2a2f2b; --line-strong: #3a403b; --text: #eceeea; --text-2: #a9afa7; --text-3: #8f968d; --inverse: #06201d; --accent: #4cc2b5; --accent-hover: #6ad2c6; --accent-soft: #12302c; --accent-line: #1f4c46; --green: #5cc98a; --green-soft: #12291c; --amber: #e5b454; --amber-soft: #2e2410; --red: #ff8f84; --red-soft: #3a1a17; --grey: #a9afa7; --grey-soft: #242824; } }
* { box-sizing: border-box; margin: 0; }
body { font: 400 14px/1.5 Inter, "Inter Variable", system-ui, sans-serif; color: var(--text); background: var(--bg); }
button, input, textarea { font: inherit; color: inherit; }
a { color: var(--accent); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.in { max-width: 1120px; margin: 0 auto; padding: 0 16px; }
.narrow { max-width: 560px; }
.bar { background: var(--panel); border-bottom: 1px solid var(--line); } .bar .in { display: flex; align-items: center; gap: 8px; min-height: 48px; font-weight: 600; }
.mark { width: 22px; height: 22px; border-radius: 6px; background: var(--accent); color: var(--inverse); display: grid; place-items: center; font-size: 11px; }
.faint { color: var(--text-3); font-weight: 400; font-size: 12px; } .end { margin-left: auto; }
.as { background: var(--accent-soft); border-bottom: 1px solid var(--accent-line); font-size: 13px; } .as .in { padding-top: 8px; padding-bottom: 8px; }
.meta { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; font-size: 12px; color: var(--text-2); margin: 20px 0 6px; }
.st { font-weight: 500; padding: 1px 8px; border-radius: 10px; white-space: nowrap; } .st.person { color: var(--amber); background: var(--amber-soft); } .st.done { color: var(--green); background: var(--green-soft); } .st.off { color: var(--grey); background: var(--grey-soft); }
.late { color: var(--red); font-weight: 600; }
h1 { font-size: 22px; line-height: 1.25; font-weight: 600; letter-spacing: -.012em; text-wrap: balance; } .lead { color: var(--text-2); margin-top: 6px; max-width: 80ch; }
.cols { display: grid; gap: 20px; align-items: start; padding-top: 16px; padding-bottom: 28px; } .cols > * { min-width: 0; }
h2 { font-size: 12px; font-weight: 500; color: var(--text-3); } .blk + .blk { margin-top: 20px; } .blk > h2 { margin-bottom: 8px; }
.say, .box { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; line-height: 1.6; overflow-wrap: anywhere; } .say p { white-space: pre-wrap; } .say p + p { margin-top: 8px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; } td, th { text-align: left; padding: 9px 16px; border-top: 1px solid var(--line); vertical-align: top; font-weight: 400; overflow-wrap: anywhere; } tr:first-child > * { border-top: 0; } thead th { font-size: 12px; color: var(--text-3); } tbody th { color: var(--text-2); white-space: nowrap; } td { font-variant-numeric: tabular-nums; }
form { display: grid; gap: 16px; align-content: start; } fieldset { border: 0; padding: 0; min-width: 0; display: grid; gap: 8px; } legend { font-size: 15px; font-weight: 600; padding: 0; margin-bottom: 10px; }
.opt { display: grid; grid-template-columns: 18px 1fr; gap: 2px 10px; padding: 12px 14px; background: var(--panel); border: 1px solid var(--line-strong); border-radius: 10px; cursor: pointer; font-weight: 600; } .opt:hover { border-color: var(--text-3); } .opt input { width: 18px; height: 18px; margin: 1px 0 0; accent-color: var(--accent); } .opt small { grid-column: 2; font-weight: 400; color: var(--text-2); }
.opt:has(:checked) { border-color: var(--accent); background: var(--accent-soft); box-shadow: inset 0 0 0 1px var(--accent); } .opt:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; } .opt input:focus-visible { outline: 0; }
label.f { display: grid; gap: 6px; font-weight: 500; } label.f span { font-weight: 400; color: var(--text-2); font-size: 12px; }
textarea, input.t { min-height: 44px; width: 100%; padding: 10px 12px; border: 1px solid var(--line-strong); border-radius: 6px; background: var(--panel); font-size: 16px; } textarea { min-height: 76px; resize: vertical; }
.go { height: 46px; width: 100%; font-size: 15px; font-weight: 600; border-radius: 6px; border: 1px solid var(--accent); background: var(--accent); color: var(--inverse); cursor: pointer; } .go:hover { background: var(--accent-hover); } .go.quiet { background: var(--panel); color: var(--text); border-color: var(--line-strong); }
.note { font-size: 12px; color: var(--text-2); } .note + .note { margin-top: 6px; } .error { color: var(--red); background: var(--red-soft); border-radius: 6px; padding: 8px 12px; }
dl { display: grid; grid-template-columns: 110px 1fr; gap: 8px 12px; font-size: 13px; } dt { color: var(--text-3); } dd { overflow-wrap: anywhere; } code { font-family: "JetBrains Mono", ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12px; }
.foot { border-top: 1px solid var(--line); font-size: 12px; color: var(--text-3); margin-top: 20px; } .foot .in { padding-top: 14px; padding-bottom: 20px; display: flex; flex-wrap: wrap; gap: 4px 20px; justify-content: space-between; }
.links { list-style: none; padding: 0; display: grid; gap: 8px; } .verb { display: inline-block; min-width: 56px; font: 600 11px/1.6 ui-monospace, monospace; color: var(--accent); } details { border-top: 1px solid var(--line); padding: 8px 0; } summary { cursor: pointer; } details pre { overflow-x: auto; background: var(--sunken); padding: 10px 12px; border-radius: 6px; font-size: 12px; margin-top: 6px; }
@media (min-width: 900px) { .in { padding: 0 24px; } h1 { font-size: 26px; } .meta { margin-top: 28px; } .cols.two { grid-template-columns: minmax(0, 1fr) 424px; gap: 48px; padding-top: 24px; padding-bottom: 44px; } textarea { font-size: 14px; } .decide { position: sticky; top: 24px; } }
`;
