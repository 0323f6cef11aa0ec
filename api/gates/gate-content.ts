import { html, type Markup } from '../http/html.ts';

/**
 * What a person must see before deciding, for any content: texts as paragraphs, lists of records as tables, records as
 * tables of facts, and single values together in one table. Everything is escaped: parts of it were written by a model.
 */
export function contentSections(content: Record<string, unknown>): Markup[] {
  const entries = Object.entries(content).filter(([, value]) => value !== undefined && value !== null);
  const facts = entries.filter(([, value]) => isFact(value));
  const sections = entries.filter(([, value]) => !isFact(value)).map(([name, value]) => section(name, block(value)));
  return facts.length > 0 ? [...sections, section('facts', factTable(facts))] : sections;
}

/** Texts longer than a line are read as prose, not as a value in a table. */
const proseLength = 60;

function isFact(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= proseLength && !value.includes('\n') : typeof value !== 'object';
}

function section(name: string, body: Markup): Markup {
  return html`<section class="blk">
    <h2>${words(name)}</h2>
    ${body}
  </section>`;
}

function block(value: unknown): Markup {
  if (typeof value === 'string') return prose(value);
  if (Array.isArray(value)) return value.every(isRecord) && value.length > 0 ? recordTable(value) : list(value);
  if (isRecord(value)) return factTable(Object.entries(value));
  return html`<div class="say"><p>${String(value)}</p></div>`;
}

function prose(text: string): Markup {
  return html`<div class="say">${text.split(/\n{2,}/).map((paragraph) => html`<p>${paragraph}</p>`)}</div>`;
}

function list(values: unknown[]): Markup {
  return html`<div class="say">${values.map((value) => html`<p>${shown(value)}</p>`)}</div>`;
}

function factTable(entries: [string, unknown][]): Markup {
  return html`<div class="scroll">
    <table>
      <tbody>
        ${entries.map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${words(name)}</th>
              <td>${shown(value)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function recordTable(rows: Record<string, unknown>[]): Markup {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${names.map((name) => html`<th scope="col">${words(name)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${names.map((name) => html`<td>${shown(row[name])}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `costMicros` → `Cost micros`. */
function words(name: string): string {
  const spaced = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
