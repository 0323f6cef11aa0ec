import { startTestStack } from './stack.ts';

/**
 * Starts Postgres and Temporal for a run of the tests, unless the environment names running ones: those of another project of the
 * same run, or of `node test/support/keep.ts`. Vitest sets its projects up one after the other.
 */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['TL_TEST_ADMIN_URL'] && process.env['TL_TEST_TEMPORAL_ADDRESS']) return undefined;
  const stack = await startTestStack();
  process.env['TL_TEST_ADMIN_URL'] = stack.adminUrl;
  process.env['TL_TEST_TEMPORAL_ADDRESS'] = stack.temporalAddress;
  return () => stack.stop();
}
