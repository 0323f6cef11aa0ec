import type { Step } from '../../../../contracts/runs/runs-api.schema.ts';

type Effects = { effects: readonly Pick<Step['effects'][number], 'state' | 'error'>[] };

/** Why a call of a step has to be made again, for a person; null where none waits for that. */
export function whyPutOff({ effects }: Effects): string | null {
  return effects.find(({ state, error }) => state === 'deferred' && error !== null)?.error?.message ?? null;
}

/** What the service or the model itself said about a call that was refused or put off, cut to a line; null where it said nothing. */
export function saidBy({ effects }: Effects): string | null {
  const words = effects.find(({ error }) => error?.words)?.error?.words;
  return words ? words.slice(0, mostSaid) : null;
}

/** A line of a timeline; all of it stands with the effect. */
const mostSaid = 200;
