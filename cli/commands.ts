import type { Command } from 'commander';
import { registerKeys, registerMembers, registerWorkspaces } from './access/register-access.ts';
import { registerBatch } from './batch.ts';
import { registerEnter } from './enter.ts';
import { registerMail } from './mail/register-mail.ts';
import { registerMigrate } from './migrate.ts';
import { registerJourneys } from './journeys.ts';
import { registerGates } from './gates.ts';
import { registerModels } from './models.ts';
import { registerBench, registerBuild, registerCheck, registerNightly, registerTest } from './project.ts';
import { registerPush } from './push.ts';
import { registerRuns } from './runs.ts';
import { registerSegments } from './segments.ts';
import { registerSimulate } from './simulate.ts';
import { registerUp } from './up.ts';

/**
 * Every command of `throughline`. A command is a file `cli/<name>.ts`, or one of some that belong together, which exports `register<Name>(program: Command): void`,
 * which adds the command with its options and its action; add it to this list and it exists. Keep such a file light, as all of
 * them load at each start: the action imports what it needs (`await import('./push/push.ts')`). An action throws `CliError`
 * for what a sentence explains, and sets `process.exitCode` where it ends otherwise than well.
 */
export const commands: readonly ((program: Command) => void)[] = [
  registerUp,
  registerPush,
  registerSimulate,
  registerBatch,
  registerRuns,
  registerGates,
  registerJourneys,
  registerEnter,
  registerSegments,
  registerModels,
  registerTest,
  registerNightly,
  registerCheck,
  registerBuild,
  registerBench,
  registerMigrate,
  registerWorkspaces,
  registerMembers,
  registerMail,
  registerKeys,
];
