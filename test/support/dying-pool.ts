import { MockActivityEnvironment } from '@temporalio/testing';
import { createPoolActivities } from '../../activities/pools/run-pool.ts';
import { createDb, patience } from '../../platform/db/core/pool.ts';
import { everyKind, toyKind } from './toy-kind.ts';

// A process that passes over the one pool, and is killed by the turn of one run. Its argument is JSON: { config, deadly }.
const { config, deadly } = JSON.parse(process.argv[2] ?? '') as {
  config: { DATABASE_URL: string; THROUGHLINE_KEY: string };
  deadly: string;
};
const kind = toyKind([{ kind: 'wait', event: 'Login' }]);
const db = createDb(config, 'tl_app', 5, patience.activity);
const system = createDb(config, 'tl_system', 5, patience.activity);
const { runPool } = createPoolActivities({
  db,
  system,
  build: 'one',
  pools: 1,
  kinds: everyKind({
    load(tx, run) {
      if (run.id === deadly) process.kill(process.pid, 'SIGKILL');
      return kind.load(tx, run, undefined);
    },
  }),
});
await new MockActivityEnvironment().run(runPool, { pool: 0, pools: 1, running: [] });
await Promise.all([db.destroy(), system.destroy()]);
