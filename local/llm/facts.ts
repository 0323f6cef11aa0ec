/** One scalar of the row, with its key as written there. */
export interface Fact {
  key: string;
  value: string | number | boolean;
}

/**
 * What a prompt says about its subject. `byKey` has every scalar of every JSON object in it, by normalised key (last one
 * wins); `row` has those that a text about the subject may mention.
 */
export interface Facts {
  byKey: Map<string, Fact>;
  row: Fact[];
  language: Language;
  /** The messages as one text, to see what they are about. */
  about: string;
}

/** Languages the stub writes in. */
export type Language = 'en' | 'de' | 'es' | 'fr';

/** Keys under which prompts usually carry the one row that the text is about. */
const rowKeys = ['row', 'contact', 'recipient', 'customer', 'learner', 'data', 'facts', 'input'];
/** Keys whose values mean nothing to a reader. */
const silentKey = /(^|_)(id|uuid|key|hash|zone|timezone|locale|lang|language|url|link|token|consent|email|phone)$/;

/** Reads the facts out of the messages of a chat request. Never fails: a prompt without JSON has none. */
export function readFacts(messages: readonly string[]): Facts {
  const objects = messages.flatMap(jsonObjectsIn);
  const byKey = new Map<string, Fact>();
  for (const object of objects) {
    for (const fact of scalarsOf(object)) byKey.set(normalise(fact.key), fact);
  }
  const row = scalarsOf(rowAmong(objects)).filter(
    (fact) => fact.value !== '' && !silentKey.test(snake(fact.key)) && String(fact.value).length <= 80,
  );
  return { byKey, row, language: languageOf(byKey), about: messages.join('\n') };
}

/** `First name`, `first_name` and `firstName` are the same key. */
export function normalise(key: string): string {
  return key.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** A key as a reader would say it: `renewalDate` becomes `renewal date`. */
export function humanise(key: string): string {
  return snake(key).replaceAll('_', ' ');
}

function snake(key: string): string {
  return key
    .replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1_$2')
    .replaceAll(/[\s-]+/g, '_')
    .toLowerCase();
}

function rowAmong(objects: Record<string, unknown>[]): Record<string, unknown> {
  for (const object of objects.toReversed()) {
    for (const key of rowKeys) {
      const value = object[key];
      if (isRecord(value)) return value;
    }
  }
  return objects.at(-1) ?? {};
}

function scalarsOf(object: Record<string, unknown>): Fact[] {
  return Object.entries(object).flatMap(([key, value]): Fact[] => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [{ key, value }];
    return isRecord(value) ? scalarsOf(value) : [];
  });
}

function languageOf(byKey: Map<string, Fact>): Language {
  const language = byKey.get('language') ?? byKey.get('locale') ?? byKey.get('lang');
  switch (
    String(language?.value ?? 'en')
      .slice(0, 2)
      .toLowerCase()
  ) {
    case 'de':
    case 'ge':
      return 'de';
    case 'es':
    case 'sp':
      return 'es';
    case 'fr':
      return 'fr';
    default:
      return 'en';
  }
}

/** Every JSON object that stands in `text`, outermost ones only, also between prose. */
function jsonObjectsIn(text: string): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  for (let start = text.indexOf('{'); start >= 0; start = text.indexOf('{', start + 1)) {
    const end = endOfObject(text, start);
    if (end === undefined) continue;
    const value = parse(text.slice(start, end));
    if (value === undefined) continue;
    found.push(value);
    start = end - 1;
  }
  return found;
}

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let isInString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an object that is not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
