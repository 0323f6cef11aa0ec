import type { People } from '../../../../../contracts/journeys/entries-api.schema.ts';

/** How people are chosen. */
export const choices = ['attributes', 'externalIds', 'all'] as const;
/** How people are chosen. */
export type Choice = (typeof choices)[number];

/** Who is meant by what was typed; null where that is nobody yet. */
export function peopleChosen(choice: Choice, text: string): People | null {
  const lines = [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
  if (choice === 'all') return { all: true };
  if (lines.length === 0) return null;
  if (choice === 'externalIds') return { externalIds: lines };
  const attributes = lines.map(attributeOf);
  return attributes.every((one) => one !== null) ? { attributes: Object.fromEntries(attributes) } : null;
}

/** `plan = pro`; what reads as a number, `true` or `false` is that. */
function attributeOf(line: string): [string, string | number | boolean] | null {
  const at = line.indexOf('=');
  if (at < 1) return null;
  const [name, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  if (value === 'true' || value === 'false') return [name, value === 'true'];
  return [name, /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
}
