/** The address of the Temporal server that the tests share. */
export function testTemporalAddress(): string {
  const address = process.env['TL_TEST_TEMPORAL_ADDRESS'];
  if (!address) throw new Error('No test stack: run the tests through vitest, whose global set-up starts one');
  return address;
}
