import { readFileSync } from 'node:fs';

const tokens = read('../../contracts/core/tokens.css');
/** What the dashboard shows when it is dark; the pages ask the browser alone. */
const dark = /\[data-mantine-color-scheme='dark'\] (\{[^}]*\})/.exec(tokens)?.[1];
if (dark === undefined) throw new Error('tokens.css has no colours for the dark');

/** The one style sheet of the server-rendered pages; its tokens are those of the dashboard, light and dark. */
export const pagesCss = `${tokens}
@media (prefers-color-scheme: dark) { :root ${dark} }
${read('./pages.css')}`;

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}
