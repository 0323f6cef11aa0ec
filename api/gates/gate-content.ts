import { factOf, labelOf, textOf } from '../../domain/approval/content-words.ts';
import { html, type Markup } from '../http/html.ts';

/**
 * What a person must see before deciding, for any content: texts as paragraphs, lists of records as tables, records as
 * tables of facts, and single values together in one table, instants in `zone`. Everything is escaped: parts of it were
 * written by a model.
 */
export function contentSections(content: Record<string, unknown>, zone: string): Markup[] {
  const entries = Object.entries(content).filter(([, value]) => value !== undefined && value !== null);
  const sections = entries
    .filter(([, value]) => !isFact(value))
    .map(([name, value]) => section(name, block(value, zone)));
  const facts = factTable(content, zone, ([, value]) => isFact(value));
  return facts === null ? sections : [...sections, section('facts', facts)];
}

/** Texts longer than a line are read as prose, not as a value in a table. */
const proseLength = 60;

function isFact(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= proseLength && !value.includes('\n') : typeof value !== 'object';
}

function section(name: string, body: Markup): Markup {
  return html`<section class="blk">
    <h2>${labelOf(name)}</h2>
    ${body}
  </section>`;
}

function block(value: unknown, zone: string): Markup {
  if (typeof value === 'string') return prose(value);
  if (Array.isArray(value))
    return value.every(isRecord) && value.length > 0 ? recordTable(value, zone) : list(value, zone);
  return (isRecord(value) && factTable(value, zone)) || list([value], zone);
}

function prose(text: string): Markup {
  return html`<div class="say">${text.split(/\n{2,}/).map((paragraph) => html`<p>${paragraph}</p>`)}</div>`;
}

function list(values: unknown[], zone: string): Markup {
  return html`<div class="say">${values.map((value) => html`<p>${textOf(value, zone)}</p>`)}</div>`;
}

/** Null where nothing is to be said. */
function factTable(
  record: Record<string, unknown>,
  zone: string,
  isShown: (entry: [string, unknown]) => boolean = () => true,
): Markup | null {
  const facts = Object.entries(record)
    .filter(isShown)
    .map(([name]) => factOf(record, name, zone))
    .filter((fact) => fact !== null);
  if (facts.length === 0) return null;
  return html`<div class="scroll">
    <table>
      <tbody>
        ${facts.map(
          ({ label, text }) =>
            html`<tr>
              <th scope="row">${label}</th>
              <td>${text}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function recordTable(rows: Record<string, unknown>[], zone: string): Markup {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${names.map((name) => html`<th scope="col">${labelOf(name)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${names.map((name) => html`<td>${textOf(row[name], zone)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
