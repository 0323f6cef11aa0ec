import { proxyLocalActivities, sleep } from '@temporalio/workflow';

const { note } = proxyLocalActivities<{ note(): Promise<void> }>({ startToCloseTimeout: '10s' });

/** The least that could be called a waiting run: one local activity without a database, then a timer. */
export async function bareWorkflow(): Promise<void> {
  await note();
  await sleep('2 days');
}
