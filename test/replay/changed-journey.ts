import { sleep } from '@temporalio/workflow';

/** A journey loop as nobody may change it: it does something else first, so recorded histories must refuse to replay. */
export async function journeyWorkflow(): Promise<void> {
  await sleep(1);
}
