import { factOf, labelOf, textOf } from '../../../domain/approvals/content-words.ts';
import { html, type Markup } from '../../http/html.ts';

/**
 * What a person must see before deciding, for any content: a mail's subject first, texts as paragraphs, lists of records as tables, records as
 * tables of facts, and single values together in one table, instants in `zone`. Everything is escaped: parts of it were
 * written by a model.
 */
export function contentSections(content: Record<string, unknown>, zone: string): Markup[] {
  const entries = Object.entries(content).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const sections = entries
    .filter((entry) => !isFact(entry))
    .toSorted(([a], [b]) => Number(b === 'subject') - Number(a === 'subject'))
    .map(([name, value]) => section(name, block(name, value, zone)));
  const facts = factTable(content, zone, isFact);
  return facts === null ? sections : [...sections, section('facts', facts)];
}

/** Texts longer than a line are read as prose, not as a value in a table. */
const proseLength = 60;

/** A subject is read with the text below it, however short it is. */
function isFact([name, value]: [string, unknown]): boolean {
  if (name === 'subject') return false;
  return typeof value === 'string' ? value.length <= proseLength && !value.includes('\n') : typeof value !== 'object';
}

function section(name: string, body: Markup): Markup {
  return html`<section class="blk">
    <h2>${labelOf(name)}</h2>
    ${body}
  </section>`;
}

function block(name: string, value: unknown, zone: string): Markup {
  if (typeof value === 'string') return prose(value);
  if (Array.isArray(value))
    return value.every(isRecord) && value.length > 0 ? recordTable(labelOf(name), value, zone) : list(value, zone);
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

/** More columns than fit scroll in their own box, which the keyboard reaches. The amount is what the eye looks for: it stands last. */
function recordTable(label: string, rows: Record<string, unknown>[], zone: string): Markup {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].toSorted(
    (a, b) => Number(isAmount(a)) - Number(isAmount(b)),
  );
  const align = (name: string): string =>
    isAmount(name) || rows.every((row) => typeof row[name] === 'number') ? 'num' : '';
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${names.map((name) => html`<th scope="col" class="${align(name)}">${labelOf(name)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${names.map((name) => html`<td class="${align(name)}">${textOf(row[name], zone)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function isAmount(name: string): boolean {
  return /amount/i.test(name);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
