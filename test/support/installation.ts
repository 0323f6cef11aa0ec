import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { startDoubles } from '../../local/control/doubles.ts';
import { startGuarded, type Guarded } from '../../local/processes/guarded.ts';
import { cloneTemplate, TEST_KEY, testAdminUrl } from './database.ts';
import { eventually } from './eventually.ts';
import { testPort } from './ports.ts';
import { s3Bucket } from './s3-double.ts';
import { startS3Server } from './s3-server.ts';
import { settings as testSettings } from './settings.ts';
import { testTemporalAddress } from './temporal-address.ts';

/** Where the one installation is that the test files share: its API, database, doubles, queues, its folder, and the settings of its object store. */
export const InstallationAddress = z.object({
  url: z.string(),
  databaseUrl: z.string(),
  controlUrl: z.string(),
  deployment: z.string(),
  home: z.string(),
  objects: z.record(z.string(), z.string()),
});
export type InstallationAddress = z.infer<typeof InstallationAddress>;

/** A running installation. */
export type Installation = { address: InstallationAddress; stop(): Promise<void> };

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Makes `dist/`, which is what tests start, the build of these sources; it takes no time where it is. */
export async function buildProduct(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'bin/throughline.mjs'), 'build'], { cwd: root });
}

/** Loading everything where many others work; a program that ends instead is noticed at once. */
const readyMs = 600_000;

/**
 * Starts one whole installation on the servers of this run: the API and the worker as the processes that `npm start` would run, the doubles in
 * this process. All of it ends with this process.
 */
export async function startInstallation(): Promise<Installation> {
  await buildProduct();
  mkdirSync(join(root, '.throughline/test'), { recursive: true });
  const home = mkdtempSync(join(root, '.throughline/test/installation-'));
  // The bundle of the workflows is the same in every run of the tests.
  mkdirSync(join(root, '.throughline/cache'), { recursive: true });
  symlinkSync(join(root, '.throughline/cache'), join(home, 'cache'));
  const databaseUrl = await cloneTemplate(testAdminUrl());
  const port = await testPort('the API');
  const url = `http://127.0.0.1:${port}`;
  const doubles = await startDoubles({ webhook: { url: `${url}/hooks/stripe`, secret: 'whsec_of_tests' } });
  const deployment = 'tests';
  const store = testSettings.areServicesReal ? await startS3Server() : null;
  const objects = store === null ? {} : s3Settings(store.endpoint);
  const settings = {
    DATABASE_URL: databaseUrl,
    THROUGHLINE_KEY: TEST_KEY,
    THROUGHLINE_HOME: home,
    TEMPORAL_ADDRESS: testTemporalAddress(),
    TL_DEPLOYMENT: deployment,
    PORT: String(port),
    PUBLIC_URL: url,
    API_RATE_PER_MINUTE: '1000000',
    LOG_LEVEL: 'warn',
    SMTP_URL: doubles.urls.smtp,
    OPENAI_BASE_URL: doubles.urls.llm,
    LLM_OWN_HOSTS: '127.0.0.1',
    CRM_BASE_URL: doubles.urls.crm,
    STAND_INS: 'crm',
    STRIPE_BASE_URL: doubles.urls.payment,
    STRIPE_WEBHOOK_SECRET: 'whsec_of_tests',
    ...objects,
  };
  const programs = ['api', 'worker'].map((name) => startProgram(name, home, settings));
  const stop = async (): Promise<void> => {
    await Promise.all([...programs.map((program) => program.stop()), doubles.stop()]);
    await store?.stop();
    rmSync(home, { recursive: true, force: true });
  };
  const isUp = eventually(
    'the API answers',
    () =>
      fetch(`${url}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      ),
    readyMs,
  );
  const end = Promise.race(
    programs.map((program, at) => program.exited.then((code) => `program ${at} ended with ${code}`)),
  );
  const problem = await Promise.race([isUp.then(() => null), end]);
  if (problem === null)
    return { address: { url, databaseUrl, controlUrl: doubles.urls.control, deployment, home, objects }, stop };
  const logs = ['api', 'worker'].map((name) => readFileSync(join(home, `${name}.log`), 'utf8')).join('\n');
  await stop();
  throw new Error(`The installation of the tests did not start: ${problem}; from its logs:\n${logs}`);
}

/** The settings of a bucket of the S3 server at `endpoint`. */
function s3Settings(endpoint: string): Record<string, string> {
  return {
    OBJECTS: `s3://${s3Bucket.bucket}/installation`,
    S3_ENDPOINT: endpoint,
    S3_REGION: s3Bucket.region,
    S3_ACCESS_KEY: s3Bucket.accessKeyId,
    S3_SECRET_KEY: s3Bucket.secretAccessKey,
  };
}

function startProgram(name: string, logs: string, env: Record<string, string>): Guarded {
  return startGuarded({
    command: process.execPath,
    args: ['--enable-source-maps', join(root, `dist/${name}/main.js`)],
    log: join(logs, `${name}.log`),
    env,
  });
}
