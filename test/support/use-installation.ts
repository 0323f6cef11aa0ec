import { afterAll, beforeAll } from 'vitest';
import { createDoublesClient, type DoublesClient } from '../../local/control/client.ts';
import { ServiceName } from '../../local/control/journal.ts';
import { createDb, patience, type Db } from '../../platform/db/core/pool.ts';
import { readSettings } from '../../platform/config.ts';
import { createObjectStore } from '../../platform/objects/create-store.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import { objectsShape } from '../../platform/objects/settings.ts';
import type { Temporal } from '../../platform/temporal/client.ts';
import { createCaller, type Answer, type Caller, type SentCall } from './caller.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';
import { InstallationAddress } from './installation.ts';
import { openTestTemporal } from './temporal-address.ts';

/**
 * The installation that the test files share, as one file uses it: in a workspace of its own. `database.system` sees the rows of
 * the other files too. `objects` is the store that API and worker use, `deployment` the prefix of the queues.
 */
export type TestInstallation = {
  url: string;
  home: string;
  objects: ObjectStore;
  deployment: string;
  database: TestDatabase;
  api: Caller;
  /** Opened as `tl_owner`, for provisioning. */
  owner: Db;
  doubles: DoublesClient;
  temporal: Temporal;
};

/** Gives the file's tests a workspace of their own in the shared installation, made ready by `prepare`. */
export function useInstallation(prepare?: (installation: TestInstallation) => Promise<void> | void): TestInstallation {
  const installation = {} as TestInstallation;
  let close: () => Promise<void> = async () => {};
  beforeAll(async () => {
    const opened = await openInstallation();
    close = opened.close;
    Object.assign(installation, opened.installation);
    await prepare?.(installation);
  });
  afterAll(() => close());
  return installation;
}

/** Opens a workspace in the shared installation; `close` ends the connections to it. */
export async function openInstallation(): Promise<{ installation: TestInstallation; close(): Promise<void> }> {
  const address = sharedAddress();
  const database = await openTestDatabase(address.databaseUrl);
  const owner = createDb(database.config, 'tl_owner', 1, patience.activity);
  const temporal = openTestTemporal();
  const installation: TestInstallation = {
    url: address.url,
    home: address.home,
    objects: createObjectStore({ THROUGHLINE_HOME: address.home, ...readSettings(objectsShape, address.objects) }),
    deployment: address.deployment,
    database,
    api: createCaller(database, owner, (request) => send(address.url, request)),
    owner,
    doubles: await fromNowOn(createDoublesClient(address.controlUrl)),
    temporal,
  };
  return {
    installation,
    async close() {
      await Promise.all([database.stop(), owner.destroy(), temporal.close()]);
    },
  };
}

/** The doubles without what they did for the files before: their journals begin now, unless a call says from where on. */
async function fromNowOn(doubles: DoublesClient): Promise<DoublesClient> {
  const lastOf = async (service: ServiceName): Promise<number> => (await doubles.journal(service)).at(-1)?.seq ?? 0;
  const services = ServiceName.options;
  const last = new Map(await Promise.all(services.map(async (service) => [service, await lastOf(service)] as const)));
  return {
    ...doubles,
    journal: (service, after = last.get(service)) => doubles.journal(service, after),
    mails: (after = last.get('mail')) => doubles.mails(after),
  };
}

/** Where the shared installation is. @throws Error where the project of the running tests has none */
function sharedAddress(): InstallationAddress {
  const address = process.env['TL_TEST_INSTALLATION'];
  if (!address) throw new Error('No shared installation: run the tests through vitest, whose global set-up starts one');
  return InstallationAddress.parse(JSON.parse(address));
}

async function send(base: string, { method, url, headers, payload }: SentCall): Promise<Omit<Answer, 'json'>> {
  const response = await fetch(`${base}${url}`, { method, headers, redirect: 'manual', body: payload ?? null });
  const cookies = response.headers.getSetCookie();
  return {
    status: response.status,
    headers: {
      ...Object.fromEntries(response.headers),
      ...(cookies.length > 0 ? { 'set-cookie': cookies.length > 1 ? cookies : cookies[0] } : {}),
    },
    text: await response.text(),
  };
}
