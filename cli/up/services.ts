import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../../local/postgres/server.ts';
import { logFile } from '../../local/supervisor/log-files.ts';
import { nodeService, type Service } from '../../local/supervisor/service.ts';
import { startTemporal } from '../../local/temporal/server.ts';
import { listed } from '../../platform/config.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { hasBeaten } from '../../platform/db/runs/heartbeats.ts';
import type { Ports } from './ports.ts';

/** What the programs of a local stack have in common. */
export type StackParts = { home: string; logs: string; ports: Ports };

/** The ends of a stop, the highest first: who uses servers goes before them. */
const stages = { servers: 0, doubles: 1, programs: 2 };
/** A worker lets its activities end for 5 s; with the servers' own time that stays below the 10 s of Ctrl-C. */
const programGraceMs = 5_500;
const doublesGraceMs = 1_000;

/** The embedded Postgres; `onReady` gets its log-in. */
export function postgresService(stack: StackParts, onReady: (adminUrl: string) => void): Service {
  return {
    name: 'postgres',
    stage: stages.servers,
    async start() {
      const log = logFile(stack.logs, 'postgres');
      const server = await startPostgres({ home: stack.home, port: stack.ports.postgres, log });
      onReady(server.adminUrl);
      return server.process;
    },
  };
}

/** The local Temporal server with its web interface, run from `program`. */
export function temporalService(stack: StackParts, program: string): Service {
  return {
    name: 'temporal',
    stage: stages.servers,
    async start() {
      const { process } = await startTemporal({
        program,
        home: join(stack.home, 'temporal'),
        port: stack.ports.temporal,
        uiPort: stack.ports.temporalUi,
        log: logFile(stack.logs, 'temporal'),
      });
      return process;
    },
  };
}

/** The doubles of mail, LLM, CRM and payment. */
export function doublesService(stack: StackParts, settings: Record<string, string>): Service {
  const { ports } = stack;
  return nodeService({
    name: 'doubles',
    stage: stages.doubles,
    script: script('local/main.js'),
    logs: stack.logs,
    graceMs: doublesGraceMs,
    env: {
      DOUBLES_CONTROL_PORT: String(ports.control),
      SMTP_PORT: String(ports.smtp),
      LLM_PORT: String(ports.llm),
      CRM_PORT: String(ports.crm),
      PAYMENT_PORT: String(ports.payment),
      PAYMENT_WEBHOOK_URL: `http://127.0.0.1:${ports.api}/hooks/stripe`,
      // One of those that the API believes is enough to sign with.
      STRIPE_WEBHOOK_SECRET: listed(settings['STRIPE_WEBHOOK_SECRET'] ?? '')[0] ?? '',
      DOUBLES_HOME: join(stack.home, 'doubles'),
    },
    isReady: async () => (await fetch(`http://127.0.0.1:${ports.control}/ready`)).ok,
  });
}

/** The API process; it is ready when it answers. */
export function apiService(stack: StackParts, settings: Record<string, string>): Service {
  return nodeService({
    name: 'api',
    stage: stages.programs,
    script: script('api/main.js'),
    logs: stack.logs,
    graceMs: programGraceMs,
    env: settings,
    isReady: async () => (await fetch(`http://127.0.0.1:${stack.ports.api}/health/live`)).status < 500,
  });
}

/** The worker process for all queues; it is ready when its heartbeat is in the database, which `system` reads. */
export function workerService(stack: StackParts, settings: Record<string, string>, system: Db): Service {
  return nodeService({
    name: 'worker',
    stage: stages.programs,
    script: script('worker/main.js'),
    logs: stack.logs,
    graceMs: programGraceMs,
    env: settings,
    isReady: (pid) => hasBeaten(system, `${hostname()}/${pid}`),
  });
}

/** A compiled script beside this one in `dist/`. */
function script(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
