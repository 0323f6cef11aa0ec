import { startTestStack } from './stack.ts';

// Keeps the test servers running, so that single test files start at once: put the printed line into the shell that runs them.
const stack = await startTestStack();
console.log(`export TL_TEST_ADMIN_URL=${stack.adminUrl} TL_TEST_TEMPORAL_ADDRESS=${stack.temporalAddress}`);
// The servers do not hold this process, and without it they end.
const hold = setInterval(() => undefined, 60_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(hold);
    void stack.stop();
  });
}
