import { activityInfo } from '@temporalio/activity';
import { createEngineActivities } from '../../activities/engine/advance-run.ts';
import { queueNames } from '../../contracts/core/queues.ts';
import { createDb, patience } from '../../platform/db/core/pool.ts';
import { createLogger } from '../../platform/log.ts';
import { installRuntime } from '../../worker/runtime.ts';
import { startWorkers } from '../../worker/workers.ts';
import { toyKind, type ToyAct } from './toy-kind.ts';

// A worker process of the toy kind that ends itself with SIGKILL right after a turn's commit, before Temporal knows of it.
// Its argument is JSON: { config, address, deployment, codePath, script, dieAtTurn }.
const options = JSON.parse(process.argv[2] ?? '') as {
  config: { DATABASE_URL: string; THROUGHLINE_KEY: string };
  address: string;
  deployment: string;
  codePath: string;
  script: ToyAct[];
  dieAtTurn: number;
};
installRuntime(createLogger({ name: 'dying-worker', level: 'warn' }));
const kind = toyKind(options.script);
const db = createDb(options.config, 'tl_app', 5, patience.activity);
const engine = createEngineActivities({
  db,
  kinds: { journey: kind },
  temporalRunId: () => activityInfo().workflowExecution?.runId ?? null,
});
await startWorkers({
  temporal: { TEMPORAL_ADDRESS: options.address, TEMPORAL_NAMESPACE: 'default' },
  deployment: options.deployment,
  queues: queueNames.filter((queue) => queue === 'core'),
  codePath: options.codePath,
  actions: {},
  engine: {
    async advanceRun(input) {
      const answer = await engine.advanceRun(input);
      if (answer.turn === options.dieAtTurn) process.kill(process.pid, 'SIGKILL');
      return answer;
    },
  },
});
