import '../platform/utc.ts';
import { ConfigError, readSettings } from '../platform/config.ts';
import { createKeySource, MissingKeyError, openAtStart } from '../platform/db/keys/master-keys.ts';
import { createDb } from '../platform/db/core/pool.ts';
import { databaseRefusal } from '../platform/db/core/server.ts';
import { createLogger } from '../platform/log.ts';
import { createObjectStore, storeRefusal } from '../platform/objects/create-store.ts';
import { createTemporal } from '../platform/temporal/client.ts';
import { temporalRefusal } from '../platform/temporal/refusal.ts';
import { createApi } from './api.ts';
import { apiShape, exposureWarning } from './settings.ts';

/** Connections for requests: more would only queue in Postgres on two cores. */
const requestPool = 20;
/** The change feed polls with one connection; the second serves readiness. */
const feedPool = 2;

async function main(): Promise<void> {
  const config = readSettings(apiShape);
  const log = createLogger({ name: 'api', level: config.LOG_LEVEL, pretty: process.stdout.isTTY });
  const system = createDb(config, 'tl_system', feedPool);
  const keys = createKeySource(system, config);
  await openAtStart(keys, (error) => log.warn({ err: error }, 'The master keys could not be looked at'));
  const parts = {
    config,
    log,
    app: createDb(config, 'tl_app', requestPool),
    system,
    temporal: createTemporal(config),
    keys,
  };
  const api = await createApi(parts);
  await api.listen(config.PORT, config.HOST);
  log.info({ url: config.PUBLIC_URL }, 'the API listens');
  const warning = exposureWarning(config);
  if (warning !== null) log.warn(warning);
  // The API serves without any of them, so a refusal ends nothing.
  for (const refused of [temporalRefusal(config), databaseRefusal(config), storeRefusal(createObjectStore(config))])
    void refused.then((refusal) => refusal !== null && log.error(refusal));

  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'the API stops');
    await api.close();
    await Promise.all([parts.app.destroy(), parts.system.destroy(), parts.temporal.close()]);
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof ConfigError || error instanceof MissingKeyError ? error.message : String(error)}\n`,
  );
  process.exit(1);
});
