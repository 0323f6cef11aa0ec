import type { FastifyReply } from 'fastify';

/** Markup that is safe to put into a page as it is. Only `html` makes it. */
export class Markup {
  constructor(readonly text: string) {}
}

type Piece = string | number | null | undefined | false | Markup | readonly Markup[];

/** A template whose values are escaped for text and quoted attributes; `Markup` and arrays of it go in as they are. */
export function html(strings: TemplateStringsArray, ...values: Piece[]): Markup {
  return new Markup(strings.map((text, n) => text + render(values[n])).join(''));
}

function render(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map((each) => each.text).join('');
  return String(piece).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A page of ours: no script, one style sheet, not indexed. */
export type PageOptions = { title: string; workspace?: string; notice?: Markup; body: Markup; footer?: Markup };

/** The whole document of a page. */
export function page(options: PageOptions): Markup {
  const { title, workspace = 'Throughline', notice, body, footer } = options;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="stylesheet" href="/assets/pages.css" />
      </head>
      <body>
        <header class="bar">
          <div class="in">
            <span class="mark" aria-hidden="true">${workspace.slice(0, 2).toUpperCase()}</span
            >${workspace}${workspace !== 'Throughline' && html`<span class="faint end">Throughline</span>`}
          </div>
        </header>
        ${notice && html`<div class="as"><div class="in">${notice}</div></div>`}
        <main>${body}</main>
        <footer class="foot"><div class="in">${footer}</div></footer>
      </body>
    </html> `;
}

/**
 * Sends a page: never cached, no script of any origin, and no address in a referrer. `no-referrer` makes browsers send
 * `Origin: null` with a form, so pages whose form is checked by origin use `same-origin`.
 */
export function sendPage(
  reply: FastifyReply,
  markup: Markup,
  options: { status?: number; referrer?: 'no-referrer' | 'same-origin' } = {},
): void {
  void reply
    .status(options.status ?? 200)
    .headers({
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Referrer-Policy': options.referrer ?? 'no-referrer',
      'X-Robots-Tag': 'noindex',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    })
    .send(markup.text);
}
