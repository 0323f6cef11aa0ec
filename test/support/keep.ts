import { missingBrowser, startBrowser } from './browser.ts';
import { startInstallation } from './installation.ts';
import { startTestStack } from './stack.ts';

// Keeps the test servers and the shared installation running, so that single test files start at once: put the printed lines into the
// shell that runs them.
const stack = await startTestStack();
process.env['TL_TEST_ADMIN_URL'] = stack.adminUrl;
process.env['TL_TEST_TEMPORAL_ADDRESS'] = stack.temporalAddress;
const installation = await startInstallation();
const browser = missingBrowser() === null ? await startBrowser() : null;
console.log(`export TL_TEST_ADMIN_URL=${stack.adminUrl} TL_TEST_TEMPORAL_ADDRESS=${stack.temporalAddress}`);
console.log(`export TL_TEST_INSTALLATION='${JSON.stringify(installation.address)}'`);
if (browser) console.log(`export TL_TEST_BROWSER=${browser.wsEndpoint()}`);
// The servers do not hold this process, and without it they end.
const hold = setInterval(() => undefined, 60_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(hold);
    void Promise.all([installation.stop(), browser?.close()]).then(() => stack.stop());
  });
}
