import { spawn } from 'node:child_process';

/**
 * `npm run bench -- outages [SECONDS [SERVICES]]`: takes each service away in the middle of work while both cores are busy, and prints
 * after how long people can see why nothing goes on, and after how long all is done. What must hold is a test; its table is the bench.
 */
const [seconds = '10', services] = process.argv.slice(2);
const child = spawn(process.execPath, ['bin/throughline.mjs', 'test', 'test/chaos/outages.nightly.test.ts'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    TL_NIGHTLY: '1',
    TL_OUTAGE_MS: `${Number(seconds) * 1_000}`,
    ...(services === undefined ? {} : { TL_OUTAGE_SERVICES: services }),
  },
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
