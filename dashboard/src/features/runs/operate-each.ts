import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';

/** What came of asking several runs: how many took it, and what the others answered. */
export type Asked = { taken: number; refused: { run: Run; error: unknown }[] };

/**
 * Asks something of several runs, one after the other and each by itself: a refusal stops none of those behind it. `onProgress` gets how many have
 * answered.
 */
export async function operateEach(
  runs: readonly Run[],
  ask: (run: Run) => Promise<unknown>,
  onProgress: (answered: number) => void,
): Promise<Asked> {
  const refused: Asked['refused'] = [];
  for (const [index, run] of runs.entries()) {
    await ask(run).catch((error: unknown) => refused.push({ run, error }));
    onProgress(index + 1);
  }
  return { taken: runs.length - refused.length, refused };
}
