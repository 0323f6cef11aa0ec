import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';

// The worker of the baseline, a process of its own as ours is. Its arguments: the address, the task queue, how many runs. Says
// "done" once all of them have done their activity.
const [address = '', taskQueue = '', runs = '0'] = process.argv.slice(2);
let left = Number(runs);
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowsPath: fileURLToPath(new URL('./bare-workflow.js', import.meta.url)),
  maxCachedWorkflows: 500,
  activities: {
    note(): Promise<void> {
      left -= 1;
      if (left === 0) process.stdout.write('done\n');
      return Promise.resolve();
    },
  },
});
process.stdout.write('ready\n');
await worker.run();
