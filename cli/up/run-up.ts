import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { followLogs } from '../../local/supervisor/follow-logs.ts';
import { takeInstanceLock, type InstanceLock } from '../../local/supervisor/instance.ts';
import { createSupervisor, type Supervisor } from '../../local/supervisor/supervisor.ts';
import { writeLocalServer } from '../support/connection.ts';
import type { DemoSummary } from '../demo/context.ts';
import { CliError, note, say, sentence, step } from '../support/output.ts';
import { homeFolder, root } from '../support/root.ts';
import { findDemo } from './find-demo.ts';
import { choosePorts } from './ports.ts';
import { resetData } from './reset.ts';
import { checkDisk } from './settings.ts';
import { startStack, type Stack } from './start-stack.ts';

/** How `npm start` was called. */
export type UpOptions = {
  isOnce: boolean;
  hasDemo: boolean;
  port: number | null;
  isReset: boolean;
  isSure: boolean;
  showsLogs: boolean;
};

/** Enough for a person to open a link and to read what it is about. */
const patienceMs = 60_000;
/** Usually no person is there; one who is can still be faster. */
const oncePatienceMs = 10_000;

const logNames = ['postgres', 'temporal', 'doubles', 'api', 'worker'];

/**
 * Starts the local stack, runs the examples and serves until a signal comes; with `isOnce` it ends after the examples. Ends the
 * process: 0 when all is well, 1 when the examples did not end as they should, 130 when a signal cut `--once` short.
 * @throws CliError for what the person at the terminal can fix
 */
export async function runUp(options: UpOptions): Promise<void> {
  const home = homeFolder();
  const lock = await takeHome(home).catch(explain);
  const supervisor = createSupervisor({ note, onChange: () => lock.setServers(supervisor.servers()) });
  const signal = nextSignal();
  // Neither a signal's handler nor a guard keeps this process alive.
  const alive = setInterval(() => undefined, 60_000);
  let summary: DemoSummary | null = null;
  try {
    const work = serve(home, options, supervisor, (url) => lock.setUrl(url));
    // Where a signal comes first, the failure of the start it cut short does not matter.
    work.catch(() => undefined);
    const first = await Promise.race([work, signal]);
    if (first !== 'signal') summary = first;
    if (first === null && !options.isOnce) await signal;
  } catch (error) {
    explain(error);
  } finally {
    await step('stopping', () => supervisor.stop());
    lock.release();
    clearInterval(alive);
  }
  if (options.isOnce && summary) say(JSON.stringify(summary));
  process.exit(options.isOnce ? (summary === null ? 130 : summary.ok ? 0 : 1) : 0);
}

async function takeHome(home: string): Promise<InstanceLock> {
  mkdirSync(home, { recursive: true });
  checkDisk(home);
  return takeInstanceLock(join(home, 'stack.json'));
}

/** Starts everything and runs the examples. @returns their summary with `isOnce`, else null */
async function serve(
  home: string,
  options: UpOptions,
  supervisor: Supervisor,
  onServing: (url: string) => void,
): Promise<DemoSummary | null> {
  if (options.isReset) await resetData(home, options.isSure);
  const logs = join(home, 'logs');
  if (options.showsLogs)
    followLogs(Object.fromEntries(logNames.map((name) => [name, join(logs, `${name}.log`)])), note);
  const asked = options.port === null ? {} : { api: options.port };
  const ports = await choosePorts(join(home, 'ports.json'), asked, note);
  const stack = await startStack(home, ports, supervisor);
  onServing(stack.url);
  writeLocalServer({
    url: stack.url,
    adminKey: stack.demo.adminKey,
    approverKey: stack.demo.approverKey,
    databaseUrl: stack.databaseUrl,
  });
  show(stack, logs);
  const summary = options.hasDemo ? await runExamples(stack, options.isOnce) : { ok: true, jobs: [] };
  if (options.isOnce) return summary;
  note(
    `\nThroughline goes on serving at ${stack.url}. Ctrl-C stops it; what is under way continues with the next start.`,
  );
  return null;
}

function show(stack: Stack, logs: string): void {
  const lines: [string, string][] = [
    ['Dashboard', stack.url],
    ['Sign in, once', `${stack.url}/sign-in/${stack.demo.signInToken}`],
    ['API docs', `${stack.url}/docs`],
    ...(stack.temporalUrl === null ? [] : [['Temporal UI', stack.temporalUrl] satisfies [string, string]]),
    ['Mails caught', `${stack.controlUrl}/mail`],
    ['Logs', relative(process.cwd(), logs) || logs],
  ];
  note('');
  for (const [name, value] of lines) note(`  ${name.padEnd(14)} ${value}`);
  note('');
}

async function runExamples(stack: Stack, isOnce: boolean): Promise<DemoSummary> {
  const runDemo = await findDemo();
  if (runDemo === null) return { ok: true, jobs: [] };
  return runDemo({
    baseUrl: stack.url,
    adminKey: stack.demo.adminKey,
    approverKey: stack.demo.approverKey,
    controlUrl: stack.controlUrl,
    examples: join(root, 'examples'),
    patienceMs: isOnce ? oncePatienceMs : patienceMs,
    leavesWork: !isOnce,
    say: note,
  });
}

/** The first signal to end. A second one ends at once; the guards of the servers end those. */
function nextSignal(): Promise<'signal'> {
  return new Promise((resolve) => {
    let isFirst = true;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (!isFirst) process.exit(130);
        isFirst = false;
        resolve('signal');
      });
    }
  });
}

/** A person can fix everything that goes wrong here: the message says what it is, and a stack trace would only hide it. */
function explain(error: unknown): never {
  if (error instanceof CliError) throw error;
  throw new CliError(sentence(error));
}
