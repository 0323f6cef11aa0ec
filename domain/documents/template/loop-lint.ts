import type { Problem } from '../../../contracts/documents/documents.ts';

/** Turns of all loops around one place, multiplied: more than a long document can show. */
const MOST_TURNS = 5_000;
/** What a loop over a list counts as: slots and address lines hold at most 50. */
const LIST_TURNS = 50;

/**
 * Refuses loops that could run for very long: over a range whose ends are not plain numbers, or so many turns inside each other that
 * no document needs them.
 */
export function loopProblems(body: string): Problem[] {
  const problems: Problem[] = [];
  const open: number[] = [];
  for (const tag of body.matchAll(/\{%-?\s*(for|endfor|raw|endraw|comment|endcomment)\b([\s\S]*?)-?%\}/g)) {
    if (tag[1] === 'endfor') open.pop();
    if (tag[1] !== 'for') continue;
    const path = placeOf(body, tag.index);
    const turns = turnsOf(tag[2] ?? '');
    if (turns === null) {
      const message = 'How often this loop turns depends on the data';
      problems.push({
        path,
        code: 'template.unboundedLoop',
        message,
        hint: 'Loop over a list, or over plain numbers as in (1..5)',
      });
    }
    open.push(turns ?? LIST_TURNS);
    const product = open.reduce((all, each) => all * each, 1);
    if (product > MOST_TURNS) {
      const message = `These loops turn ${product} times`;
      problems.push({
        path,
        code: 'template.tooExpensive',
        message,
        hint: `Keep loops below ${MOST_TURNS} turns in all`,
      });
    }
  }
  return problems;
}

/** The turns of a loop; null when they are not known. */
function turnsOf(head: string): number | null {
  const range = /\(\s*(.+?)\s*\.\.\s*(.+?)\s*\)/.exec(head);
  if (!range) return LIST_TURNS;
  const [from, to] = [Number(range[1]), Number(range[2])];
  return Number.isFinite(from) && Number.isFinite(to) ? Math.max(1, to - from + 1) : null;
}

function placeOf(body: string, index: number): string {
  const before = body.slice(0, index).split('\n');
  return `template.body[${before.length}:${(before.at(-1)?.length ?? 0) + 1}]`;
}
