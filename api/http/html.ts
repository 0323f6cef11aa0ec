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

/** A page of ours: no script, one style sheet, not indexed. A `small` one asks for little and stands in a narrower column. */
export type PageOptions = {
  title: string;
  workspace?: string;
  isSmall?: boolean;
  notice?: Markup;
  body: Markup;
  footer?: Markup;
};

/** The whole document of a page. */
export function page(options: PageOptions): Markup {
  const { title, workspace, isSmall = false, notice, body, footer } = options;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}${workspace && html` · ${workspace}`} · Throughline</title>
        <link rel="stylesheet" href="/assets/pages.css" />
      </head>
      <body class="${isSmall && 'small'}">
        <header>
          <div class="bar">
            <div class="in">
              ${
                workspace === undefined
                  ? html`${icon('logo')}Throughline`
                  : html`<span class="mark" aria-hidden="true">${workspace.slice(0, 2).toUpperCase()}</span
                      ><span>${workspace}</span><span class="faint end">Throughline</span>`
              }
            </div>
          </div>
          ${notice && html`<div class="as"><div class="in">${notice}</div></div>`}
        </header>
        <main>${body}</main>
        ${footer && html`<footer class="foot"><div class="in">${footer}</div></footer>`}
      </body>
    </html> `;
}

/** A page that says one thing: a heading, a sentence, and `more` below where it asks for a little. */
export function smallPage(options: {
  title: string;
  workspace?: string;
  heading: Piece;
  lead: Piece;
  more?: Piece;
}): Markup {
  const { heading, lead, more, ...rest } = options;
  return page({
    ...rest,
    isSmall: true,
    body: html`<div class="in">
      <div class="meta"></div>
      <h1>${heading}</h1>
      <p class="lead">${lead}</p>
      ${more}
    </div>`,
  });
}

const drawings = {
  logo: html`<circle cx="5" cy="6" r="2" /><circle cx="19" cy="18" r="2" /><path
      d="M7 6h7a3 3 0 0 1 0 6h-4a3 3 0 0 0 0 6h7"
    />`,
  person: html`<circle cx="12" cy="8" r="3.5" /><path d="M5 20c1-4 4-6 7-6s6 2 7 6" />`,
  check: html`<path d="m5 13 4 4 10-11" />`,
  clock: html`<circle cx="12" cy="12" r="8.5" /><path d="M12 7v5l3 2" />`,
  stop: html`<circle cx="12" cy="12" r="8.5" /><path d="m6.5 6.5 11 11" />`,
};

/** A decorative icon beside words that say the same. */
export function icon(name: keyof typeof drawings): Markup {
  return html`<svg class="${name === 'logo' && 'logo'}" viewBox="0 0 24 24" aria-hidden="true">${drawings[name]}</svg>`;
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
