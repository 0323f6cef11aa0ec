import type { TryModel } from '../../activities/models/try-model.ts';
import { endTrial, takeTrials } from '../../platform/db/models/model-trials.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';

/** What the trials of models need; `db` is the system role's. */
export type ModelTrialDeps = { db: Db; tryModel: TryModel; log: Logger };

/** Trials of one pass: each waits for its service alone. */
const trialsAPass = 5;

/**
 * One pass over the trials that admins have asked for. One that fails by itself says so; where the database is away it is made again later.
 * @returns how many it took
 */
export async function tryModelsOnce({ db, tryModel, log }: ModelTrialDeps): Promise<number> {
  const taken = await takeTrials(db, trialsAPass);
  await Promise.all(
    taken.map(async (trial) => {
      const { workspaceId, model } = trial;
      const result = await tryModel(workspaceId, model).catch((error: unknown) => {
        log.warn({ workspaceId, model, err: error }, 'A trial of a model failed');
        return { isUsable: false, lines: ['The trial failed by itself: the log of the worker says why.'] };
      });
      await endTrial(db, trial, result);
    }),
  );
  return taken.length;
}
