import { startTestStack } from './stack.ts';

// Keeps the test servers running, so that single test files start at once: put the printed line into the shell that runs them.
const stack = await startTestStack();
console.log(`export TL_TEST_ADMIN_URL=${stack.adminUrl} TL_TEST_TEMPORAL_ADDRESS=${stack.temporalAddress}`);
process.once('SIGINT', () => void stack.stop());
