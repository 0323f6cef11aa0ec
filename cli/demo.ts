import { randomBytes } from 'node:crypto';
import { createDoublesClient } from '../local/control/client.ts';
import { createClient } from '../sdk/client/client.ts';
import { runCourseDemo } from './demo/courses.ts';
import { startDecider } from './demo/deciders.ts';
import { runDocumentsDemo } from './demo/documents.ts';
import { runJourneyDemo } from './demo/journeys.ts';
import { leaveWork } from './demo/left-open.ts';
import type { DemoEnd, DemoParts } from './demo/parts.ts';
import type { DemoContext, DemoJob, DemoSummary } from './demo/context.ts';
import { sentence } from './support/output.ts';

/**
 * Runs the three example jobs side by side through the API, as their users would, and says what happens. Each start has people
 * and courses of its own, so that a second one finds nothing in its way.
 */
export async function runDemo(context: DemoContext): Promise<DemoSummary> {
  const decider = startDecider(context);
  const parts: DemoParts = {
    client: createClient({ baseUrl: context.baseUrl, key: context.adminKey }),
    doubles: createDoublesClient(context.controlUrl),
    decider,
    examples: context.examples,
    tag: randomBytes(3).toString('hex'),
    say: context.say,
  };
  try {
    // Beside the jobs, so that Home has something to do from the first minute on.
    const left = context.leavesWork ? leaveWork(parts) : Promise.resolve();
    left.catch((error: unknown) => context.say(`  What was to be left for you could not be made: ${sentence(error)}`));
    const jobs = await Promise.all([
      timed('journey', runJourneyDemo, parts),
      timed('enrollments', runCourseDemo, parts),
      timed('documents', runDocumentsDemo, parts),
    ]);
    await left.catch(() => undefined);
    return { ok: jobs.every((job) => job.ok), jobs };
  } finally {
    await decider.stop();
  }
}

async function timed(name: string, run: (parts: DemoParts) => Promise<DemoEnd>, parts: DemoParts): Promise<DemoJob> {
  const start = performance.now();
  const end = await run(parts).catch((error: unknown) => ({
    ok: false,
    outcome: error instanceof Error ? error.message : String(error),
  }));
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  parts.say(`  ${end.ok ? '✓' : '✗'} ${name} ${seconds} s: ${end.outcome}`);
  return { name, ...end, seconds };
}
