import { createTemporal, type Temporal } from '../../platform/temporal/client.ts';

/** The address of the Temporal server that the tests share. */
export function testTemporalAddress(): string {
  const address = process.env['TL_TEST_TEMPORAL_ADDRESS'];
  if (!address) throw new Error('No test stack: run the tests through vitest, whose global set-up starts one');
  return address;
}

/** Connects to that server; the caller closes it. */
export function openTestTemporal(): Temporal {
  return createTemporal({ TEMPORAL_ADDRESS: testTemporalAddress(), TEMPORAL_NAMESPACE: 'default' });
}
