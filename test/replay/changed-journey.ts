import { sleep } from '@temporalio/workflow';

/** A journey loop with a forbidden change: it does something else first, so recorded histories must fail to replay. */
export async function journeyWorkflow(): Promise<void> {
  await sleep(1);
}
