import { roleUrl } from '../../platform/db/pool.ts';
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
const writePath = '/v1/events';

/** What answers: the API, a Fastify that answers as much from memory, and one that makes a single statement for it. */
const servers = ['api', 'bare', 'bareDatabase'] as const;
type Server = (typeof servers)[number];
type Figures = Record<Server, Measured>;

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
  const origins: Record<Server, string> = {
    api,
    bare: await start('./bare-server.js', 25_400, { BARE_ANSWER: page }),
    bareDatabase: await start('./bare-database-server.js', 26_400, { DATABASE_URL: roleUrl(settings, 'tl_system') }),
  };
  console.log(
    `read: GET ${readPath} of ${runCount} runs, ${page.length} bytes · durable write: POST ${writePath}, one event`,
  );
  console.log(
    `${connections} connections, medians of ${rounds} rounds of ${roundMs / 1_000} s; the load comes from this machine\n`,
  );
  const reads = await compare(origins, { method: 'GET', path: readPath, headers, status: 200 });
  const json = { ...headers, 'content-type': 'application/json' };
  const writes = await compare(origins, { method: 'POST', path: writePath, headers: json, body: event, status: 202 });
  print('read', reads);
  print('durable write', writes);
  console.log(JSON.stringify({ bench: 'http', read: summary(reads), write: summary(writes) }));
} finally {
  for (const stop of stops.reverse()) await stop();
}

/** Measures the servers in turns. */
async function compare(origins: Record<Server, string>, asked: Omit<Asked, 'origin'>): Promise<Figures> {
  const measured: Record<Server, Measured[]> = { api: [], bare: [], bareDatabase: [] };
  for (const server of servers) await load({ ...asked, origin: origins[server] }, connections, warmUpMs);
  for (let round = 0; round < rounds; round += 1) {
    for (const server of servers) {
      measured[server].push(await load({ ...asked, origin: origins[server] }, connections, roundMs));
    }
  }
  return { api: median(measured.api), bare: median(measured.bare), bareDatabase: median(measured.bareDatabase) };
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
  for (const server of servers) {
    const { perSecond, p50Ms, p95Ms } = figures[server];
    const columns = [perSecond.toFixed(0), p50Ms.toFixed(1), p95Ms.toFixed(1), ratio(figures, server).toFixed(2)];
    console.log(`  ${labels[server]}`.padEnd(28) + columns.map((text) => text.padStart(10)).join(''));
  }
  console.log('');
}

/** The API's rate in terms of another's. */
function ratio(figures: Figures, other: Server): number {
  return figures.api.perSecond / figures[other].perSecond;
}

function summary(figures: Figures): Record<string, number> {
  const { perSecond, p95Ms } = figures.api;
  return {
    perSecond: Math.round(perSecond),
    p95Ms: Number(p95Ms.toFixed(1)),
    ratioToBare: Number(ratio(figures, 'bare').toFixed(3)),
    ratioToBareDatabase: Number(ratio(figures, 'bareDatabase').toFixed(3)),
  };
}
