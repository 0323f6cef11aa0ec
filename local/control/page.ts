/** Text as it may stand in HTML, between tags and inside double quotes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A whole page in the doubles' look: no script, light or dark as the reader's system is. `body` is HTML already. */
export function page(input: { title: string; body: string; isWide?: boolean }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(input.title)} · Throughline doubles</title>
<style>${style}</style>
</head>
<body>
<header><a href="/">Throughline · local doubles</a></header>
<main${input.isWide === true ? ' class="wide"' : ''}>
<h1>${escapeHtml(input.title)}</h1>
${input.body}
</main>
</body>
</html>`;
}

const style = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --line: #d9dee6; --paper: #ffffff; --back: #f4f6f9; --accent: #1f5fd0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaf0; --soft: #9aa6b6; --line: #333c4a; --paper: #1b212b; --back: #12161d; --accent: #7fb0ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
header { padding: 12px 24px; border-bottom: 1px solid var(--line); background: var(--paper); font-size: 13px; }
header a { color: var(--soft); text-decoration: none; }
main { width: calc(100% - 32px); max-width: 720px; margin: 24px auto; padding: 24px; background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
main.wide { max-width: 1080px; }
h1 { margin: 0 0 16px; font-size: 22px; overflow-wrap: anywhere; }
a { color: var(--accent); }
a:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 8px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-size: 12px; font-weight: 600; }
td.time { white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0 0 16px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 520px; border: 1px solid var(--line); border-radius: 6px; background: #ffffff; }
pre { padding: 12px; background: var(--back); border: 1px solid var(--line); border-radius: 6px; overflow: auto; white-space: pre-wrap; font-size: 13px; }
.note { color: var(--soft); }
nav { display: flex; gap: 16px; margin-bottom: 16px; }
nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
button { padding: 8px 18px; margin-right: 8px; border: 1px solid var(--accent); border-radius: 6px; background: var(--accent); color: var(--paper); font: inherit; cursor: pointer; }
button.plain { background: transparent; color: var(--accent); }
@media (max-width: 640px) { main { width: 100%; margin: 0; border-width: 0 0 1px; border-radius: 0; } td.time { white-space: normal; } }
`;
