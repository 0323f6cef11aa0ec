import { startTestStack } from './stack.ts';

/** Starts the servers that all tests share, unless the environment names running ones (`node test/support/keep.ts`). */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['TL_TEST_ADMIN_URL'] && process.env['TL_TEST_TEMPORAL_ADDRESS']) return undefined;
  const stack = await startTestStack();
  process.env['TL_TEST_ADMIN_URL'] = stack.adminUrl;
  process.env['TL_TEST_TEMPORAL_ADDRESS'] = stack.temporalAddress;
  return () => stack.stop();
}
