import { readFileSync } from 'node:fs';
import type { CheckSubject } from '../../domain/documents/checks/check.ts';
import { LeakIndex } from '../../domain/documents/checks/leak-index.ts';
import { worlds, type World } from './worlds.ts';

/** The parts of the corpus. The sealed ones were written first and judge the checks; they are never looked at to change one. */
export const parts = ['sealed-faulty', 'sealed-honest', 'open-faulty', 'open-honest'] as const;
export type Part = (typeof parts)[number];

/** One passage that a model might write: about which batch, what is wrong with it, and its words. */
export type Passage = { world: string; kind: string; text: string };

/** The bytes of a part: lines of world, kind and words, between blanks and bars. */
export function bytesOf(part: Part): Buffer {
  return readFileSync(`test/checks/${part}.txt`);
}

/** The passages of a part, in their order. @throws where a line is none */
export function passagesOf(part: Part): Passage[] {
  const lines = bytesOf(part).toString().trim().split('\n');
  return lines.map((line) => {
    const [, world = '', kind = '', text = ''] = /^(\w+) \| (\w+) \| (.+)$/.exec(line) ?? [];
    if (!Object.hasOwn(worlds, world) || text === '') throw new Error(`${part}: no passage: ${line}`);
    return { world, kind, text: text.replaceAll(String.raw`\n`, '\n') };
  });
}

const indexes = new Map<World, LeakIndex>();

/** A passage as the only words of the letter of its batch's first row. */
export function subjectOf({ world, text }: Passage): CheckSubject {
  const about = worlds[world];
  const row = about?.rows[0];
  if (!about || !row) throw new Error(`There is no batch ${world}`);
  const leaks = indexes.get(about) ?? new LeakIndex(about.rows, about.template);
  indexes.set(about, leaks);
  const { template, brand, brief, language } = about;
  return { row, template, brand, brief, language, answers: { text }, text, leaks };
}
