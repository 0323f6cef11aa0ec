import { roleUrl } from '../../platform/db/core/role-logins.ts';
import { newId } from '../../platform/ids.ts';
import { startTestStack } from '../support/stack.ts';
import { type Asked, load, type Measured, median } from './http/load.ts';
import { startProgram } from './http/program.ts';
import { prepareWorkspace, runCount } from './http/workspace.ts';

/** More than the API has connections to Postgres, as browsers would be. */
const connections = 32;
/** Long enough for the compiler to have settled. */
const warmUpMs = 4_000;
/** Long enough for some thousand requests. */
const roundMs = 6_000;
const rounds = 3;
/** The read that a dashboard makes most: the first page of the list of runs, and again whenever one of them changes. */
const readPath = '/v1/runs?limit=20';
/** What every page asks first, answered from memory: the whole way of a request without Postgres. */
const memoryPath = '/v1/session';
const writePath = '/v1/events';

/** What answers: the API, a Fastify that answers as much from memory, and one that makes a single statement for it. */
type Server = 'api' | 'bare' | 'bareDatabase';
type Origins = { api: string; bare: string; bareDatabase?: string };
type Figures = { api: Measured; bare: Measured; bareDatabase?: Measured };

const stack = await startTestStack();
const stops: (() => Promise<void>)[] = [() => stack.stop()];
try {
  const { settings, key } = await prepareWorkspace(stack.adminUrl);
  const headers = { authorization: `Bearer ${key}` };
  const start = async (script: string, port: number, env: Record<string, string>): Promise<string> => {
    const program = await startProgram(script, port, env);
    stops.push(() => program.stop());
    return program.origin;
  };
  const api = await start('../../../api/main.js', 24_400, {
    ...settings,
    TEMPORAL_ADDRESS: stack.temporalAddress,
    API_RATE_PER_MINUTE: '1000000000',
  });
  const page = await (await fetch(api + readPath, { headers })).text();
  const session = await (await fetch(api + memoryPath, { headers })).text();
  const fromMemory = { api, bare: await start('./bare-server.js', 27_400, { BARE_ANSWER: session }) };
  const origins = {
    api,
    bare: await start('./bare-server.js', 25_400, { BARE_ANSWER: page }),
    bareDatabase: await start('./bare-database-server.js', 26_400, { DATABASE_URL: roleUrl(settings, 'tl_system') }),
  };
  console.log(
    `read from memory: GET ${memoryPath} · read: GET ${readPath} of ${runCount} runs, ${page.length} bytes · durable write: POST ${writePath}, one event`,
  );
  console.log(
    `${connections} connections, medians of ${rounds} rounds of ${roundMs / 1_000} s; the load comes from this machine\n`,
  );
  const memory = await compare(fromMemory, { method: 'GET', path: memoryPath, headers, status: 200 });
  const reads = await compare(origins, { method: 'GET', path: readPath, headers, status: 200 });
  const json = { ...headers, 'content-type': 'application/json' };
  const writes = await compare(origins, { method: 'POST', path: writePath, headers: json, body: event, status: 202 });
  print('read from memory', memory);
  print('read', reads);
  print('durable write', writes);
  console.log(JSON.stringify({ bench: 'http', memory: summary(memory), read: summary(reads), write: summary(writes) }));
} finally {
  for (const stop of stops.reverse()) await stop();
}

/** Measures the servers in turns. */
async function compare(origins: Origins, asked: Omit<Asked, 'origin'>): Promise<Figures> {
  const servers = Object.entries(origins);
  const measured = new Map<string, Measured[]>(servers.map(([name]) => [name, []]));
  for (const [, origin] of servers) await load({ ...asked, origin }, connections, warmUpMs);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, origin] of servers) {
      measured.get(name)?.push(await load({ ...asked, origin }, connections, roundMs));
    }
  }
  const of = (name: Server): Measured => median(measured.get(name) ?? []);
  return {
    api: of('api'),
    bare: of('bare'),
    ...(origins.bareDatabase === undefined ? {} : { bareDatabase: of('bareDatabase') }),
  };
}

/** A new event of one of the contacts. */
function event(): string {
  const contact = `contact-${1 + Math.floor(Math.random() * runCount)}`;
  const properties = { path: '/courses/knots', seconds: 12 };
  const occurredAt = new Date().toISOString();
  return JSON.stringify({ events: [{ id: newId(), name: 'pageViewed', contact, occurredAt, properties }] });
}

function print(name: string, figures: Figures): void {
  const labels = { api: 'Throughline', bare: 'bare Fastify', bareDatabase: 'bare Fastify, 1 statement' };
  console.log(name.padEnd(28) + ['req/s', 'p50 ms', 'p95 ms', 'ratio'].map((text) => text.padStart(10)).join(''));
  for (const server of ['api', 'bare', 'bareDatabase'] as const) {
    const figure = figures[server];
    if (!figure) continue;
    const { perSecond, p50Ms, p95Ms } = figure;
    const columns = [perSecond.toFixed(0), p50Ms.toFixed(1), p95Ms.toFixed(1), ratio(figures, figure).toFixed(2)];
    console.log(`  ${labels[server]}`.padEnd(28) + columns.map((text) => text.padStart(10)).join(''));
  }
  console.log('');
}

/** The API's rate in terms of another's. */
function ratio({ api }: Figures, other: Measured): number {
  return api.perSecond / other.perSecond;
}

function summary(figures: Figures): Record<string, number> {
  const { api, bare, bareDatabase } = figures;
  return {
    perSecond: Math.round(api.perSecond),
    p95Ms: Number(api.p95Ms.toFixed(1)),
    ratioToBare: Number(ratio(figures, bare).toFixed(3)),
    ...(bareDatabase ? { ratioToBareDatabase: Number(ratio(figures, bareDatabase).toFixed(3)) } : {}),
  };
}
