import type { Problem } from '../../../contracts/documents/documents.ts';

/** Turns of all loops around one place, multiplied: more than a long document can show. */
const MOST_TURNS = 5_000;
/** What a loop over a list counts as: slots and address lines hold at most 50. */
const LIST_TURNS = 50;

/** Problems of one kind that are named at once. */
const MOST_PROBLEMS = 50;

/**
 * Refuses loops that could run for very long: over a range whose ends are not plain numbers, or so many turns inside each other that
 * no document needs them. Goes through the body once, whatever is in it.
 */
export function loopProblems(body: string): Problem[] {
  const problems: Problem[] = [];
  const open: number[] = [];
  for (const { name, head, index } of tagsOf(body)) {
    if (name === 'endfor') open.pop();
    if (name !== 'for') continue;
    const turns = turnsOf(head);
    open.push(turns ?? LIST_TURNS);
    const product = open.reduce((all, each) => all * each, 1);
    if (turns === null) problems.push(unbounded(body, index));
    if (product > MOST_TURNS) problems.push(tooExpensive(body, index, product));
    if (problems.length >= MOST_PROBLEMS) break;
  }
  return problems;
}

type LiquidTag = { name: string; head: string; index: number };

/** The tags of a body in their order: the word each begins with, and what stands behind it. One that is not closed ends the search. */
function* tagsOf(body: string): Generator<LiquidTag> {
  for (let index = body.indexOf('{%'); index >= 0; index = body.indexOf('{%', index)) {
    const end = body.indexOf('%}', index + 2);
    if (end < 0) return;
    const inside = body
      .slice(index + 2, end)
      .replace(/^-/, '')
      .trim();
    const name = /^\w+/.exec(inside)?.[0] ?? '';
    yield { name, head: inside.slice(name.length), index };
    index = end + 2;
  }
}

/** The turns of a loop; null when they are not known. */
function turnsOf(head: string): number | null {
  const [from, to] = rangeOf(head) ?? [];
  if (from === undefined || to === undefined) return LIST_TURNS;
  return Number.isFinite(from) && Number.isFinite(to) ? Math.max(1, to - from + 1) : null;
}

/** The ends of a range, `(1..5)`, as far as they are numbers; null where the loop is over something else. */
function rangeOf(head: string): [number, number] | null {
  const begin = head.indexOf('(');
  const dots = head.indexOf('..', begin + 1);
  const end = head.indexOf(')', dots + 2);
  if (begin < 0 || dots < 0 || end < 0) return null;
  return [numberOf(head.slice(begin + 1, dots)), numberOf(head.slice(dots + 2, end))];
}

/** A number as it is written; nothing at all is none. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function unbounded(body: string, index: number): Problem {
  return {
    path: placeOf(body, index),
    code: 'template.unboundedLoop',
    message: 'How often this loop turns depends on the data',
    hint: 'Loop over a list, or over plain numbers as in (1..5)',
  };
}

function tooExpensive(body: string, index: number, turns: number): Problem {
  return {
    path: placeOf(body, index),
    code: 'template.tooExpensive',
    message: `These loops turn ${turns} times`,
    hint: `Keep loops below ${MOST_TURNS} turns in all`,
  };
}

function placeOf(body: string, index: number): string {
  const before = body.slice(0, index).split('\n');
  return `template.body[${before.length}:${(before.at(-1)?.length ?? 0) + 1}]`;
}
