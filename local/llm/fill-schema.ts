import { isRecord, normalise, type Facts } from './facts.ts';
import type { Prose } from './prose.ts';
import type { Seed } from './seed.ts';

type Schema = Record<string, unknown>;

/** Deeper than any answer a prompt asks for; a schema that refers to itself ends here. */
const maxDepth = 12;
/** Property names whose text is a heading, and those whose text is a letter. */
const shortName = /subject|title|heading|headline|label|name|caption|preview/i;
const longName =
  /body|text|content|paragraph|letter|message|description|summary|section|answer|email|copy|intro|html|markdown/i;
/** Those whose text stands for itself, with a greeting. */
const letterName = /body|letter|message|email|html|markdown/i;
/** A text that must not be longer than this is a heading, whatever its name. */
const shortLength = 100;

/**
 * Fills any JSON schema (draft 2020-12 as far as structured output allows it: objects, arrays, unions, enums, references,
 * bounds, formats) with a value that satisfies it. A property named like a fact of the row gets that fact; texts are prose about it.
 */
export function fillSchema(input: { schema: Schema; facts: Facts; prose: Prose; seed: Seed }): unknown {
  const { schema: root, facts, prose, seed } = input;
  const longTexts = countLongTexts(root);
  const factsEach = Math.max(1, Math.ceil(facts.row.length / Math.max(1, longTexts)));

  function fill(raw: Schema, name: string, depth: number): unknown {
    const schema = resolve(raw, root);
    if (depth > maxDepth) return null;
    if ('const' in schema) return schema['const'];
    const known = facts.byKey.get(normalise(name))?.value;
    if (Array.isArray(schema['enum'])) return schema['enum'].includes(known) ? known : seed.pick(schema['enum']);
    const branches = schema['anyOf'] ?? schema['oneOf'];
    if (Array.isArray(branches)) return fill(firstNotNull(branches), name, depth + 1);
    switch (typeOf(schema)) {
      case 'object':
        return fillObject(schema, depth);
      case 'array':
        return fillArray(schema, name, depth);
      case 'integer':
        return typeof known === 'number' && Number.isInteger(known) ? clamp(known, schema) : number(schema, name, true);
      case 'number':
        return typeof known === 'number' ? clamp(known, schema) : number(schema, name, false);
      case 'boolean':
        return typeof known === 'boolean' ? known : seed.fraction() < 0.5;
      case 'null':
        return null;
      default:
        return text(schema, name, known);
    }
  }

  function fillObject(schema: Schema, depth: number): Record<string, unknown> {
    const properties = isRecord(schema['properties']) ? schema['properties'] : {};
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const filled: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(properties)) {
      if (!isRecord(property)) continue;
      // An optional property that leads back to its parent is where a recursive schema ends.
      if (!required.has(name) && depth > maxDepth / 2) continue;
      filled[name] = fill(property, name, depth + 1);
    }
    return filled;
  }

  function fillArray(schema: Schema, name: string, depth: number): unknown[] {
    const items = isRecord(schema['items']) ? schema['items'] : {};
    const least = count(schema, 'minItems') ?? 0;
    const most = count(schema, 'maxItems') ?? Math.max(least, 2);
    const length = depth > maxDepth / 2 ? least : Math.max(least, Math.min(most, 2));
    return Array.from({ length }, () => fill(items, name, depth + 1));
  }

  function number(schema: Schema, name: string, isWhole: boolean): number {
    const isShare = /confidence|score|probability|likelihood|share/i.test(name);
    const least = bound(schema, 'minimum', 'exclusiveMinimum') ?? (isShare ? 0.5 : 0);
    const most = bound(schema, 'maximum', 'exclusiveMaximum') ?? (isShare ? 1 : least + 1);
    const value = least + seed.fraction() * (most - least);
    if (isWhole) return clamp(Math.round(value), schema);
    const rounded = Math.round(value * 100) / 100;
    return rounded > least && rounded < most ? rounded : value;
  }

  function text(schema: Schema, name: string, known: unknown): string {
    const longest = count(schema, 'maxLength') ?? Infinity;
    const shortest = count(schema, 'minLength') ?? 0;
    const formatted = formatOf(schema['format']);
    const value =
      typeof known === 'string' || typeof known === 'number'
        ? String(known)
        : (formatted ?? written(name, schema, { shortest, longest }));
    return fit(value, shortest, longest);
  }

  function written(name: string, schema: Schema, { shortest, longest }: { shortest: number; longest: number }): string {
    if (longest > shortLength && (longName.test(name) || shortest > 60))
      return prose.long(factsEach, letterName.test(name));
    if (shortName.test(name) || longName.test(name)) return prose.short();
    return prose.sentence(typeof schema['description'] === 'string' ? schema['description'] : '');
  }

  function fit(value: string, shortest: number, longest: number): string {
    let fitted = value;
    while (fitted.length < shortest) fitted += ` ${prose.sentence('')}`;
    if (fitted.length <= longest) return fitted;
    // Whole sentences where there is room for one, else whole words, so that no half number or name is left.
    for (const boundary of [/(?<=[.!?])\s+/, /\s+/]) {
      const cut = cutBetween(fitted, boundary, longest);
      if (cut.length >= shortest && cut !== '') return cut;
    }
    return fitted.slice(0, longest);
  }

  return fill(root, 'text', 0);
}

/** As many parts of a text, from its start, as fit into `longest` characters. */
function cutBetween(text: string, boundary: RegExp, longest: number): string {
  let kept = '';
  for (const part of text.split(boundary)) {
    const next = kept === '' ? part : `${kept} ${part}`;
    if (next.length > longest) break;
    kept = next;
  }
  return kept;
}

/** Follows references and merges `allOf`. */
function resolve(schema: Schema, root: Schema): Schema {
  let current = schema;
  for (let hops = 0; typeof current['$ref'] === 'string' && hops < maxDepth; hops += 1) {
    const target = lookUp(root, current['$ref']);
    if (target === undefined) break;
    const { $ref: _followed, ...beside } = current;
    current = { ...target, ...beside };
  }
  if (!Array.isArray(current['allOf'])) return current;
  const { allOf, ...own } = current;
  return allOf.filter(isRecord).reduce<Schema>((merged, part) => {
    const next = resolve(part, root);
    return {
      ...merged,
      ...next,
      properties: { ...asRecord(merged['properties']), ...asRecord(next['properties']) },
      required: [...asArray(merged['required']), ...asArray(next['required'])],
    };
  }, own);
}

function lookUp(root: Schema, reference: string): Schema | undefined {
  if (reference === '#') return root;
  let at: unknown = root;
  for (const part of reference.replace(/^#\//, '').split('/')) {
    at = isRecord(at) ? at[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  return isRecord(at) ? at : undefined;
}

function typeOf(schema: Schema): string {
  const type = schema['type'];
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return String(type.find((each) => each !== 'null') ?? 'null');
  return 'properties' in schema ? 'object' : 'items' in schema ? 'array' : 'string';
}

function countLongTexts(schema: unknown): number {
  if (!isRecord(schema)) return 0;
  const properties = Object.entries(asRecord(schema['properties']));
  const own = properties.filter(([name, each]) => longName.test(name) && isRecord(each) && typeOf(each) === 'string');
  const inside = [
    ...properties.map(([, each]) => each),
    schema['items'],
    ...Object.values(asRecord(schema['$defs'])),
    ...asArray(schema['anyOf']),
    ...asArray(schema['allOf']),
  ];
  return inside.reduce<number>((sum, each) => sum + countLongTexts(each), own.length);
}

function formatOf(format: unknown): string | undefined {
  switch (format) {
    case 'date':
      return '2026-01-01';
    case 'date-time':
      return '2026-01-01T00:00:00Z';
    case 'time':
      return '00:00:00Z';
    case 'email':
      return 'someone@example.com';
    case 'uri':
    case 'url':
      return 'https://example.com/';
    case 'uuid':
      return '00000000-0000-4000-8000-000000000000';
    default:
      return undefined;
  }
}

function firstNotNull(branches: unknown[]): Schema {
  const records = branches.filter(isRecord);
  return records.find((branch) => branch['type'] !== 'null') ?? records[0] ?? {};
}

function clamp(value: number, schema: Schema): number {
  return Math.min(
    bound(schema, 'maximum', 'exclusiveMaximum') ?? value,
    Math.max(bound(schema, 'minimum', 'exclusiveMinimum') ?? value, value),
  );
}

function bound(schema: Schema, inclusive: string, exclusive: string): number | undefined {
  if (typeof schema[inclusive] === 'number') return schema[inclusive];
  const open = schema[exclusive];
  if (typeof open !== 'number') return undefined;
  if (schema['type'] !== 'integer') return open;
  return exclusive.endsWith('Minimum') ? open + 1 : open - 1;
}

function count(schema: Schema, key: string): number | undefined {
  return typeof schema[key] === 'number' ? schema[key] : undefined;
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
