import { Worker } from 'node:worker_threads';
import { TemplateFault } from '../../domain/documents/template/template-engine.ts';
import { createDocumentRenderer } from './render-document.ts';
import {
  RenderFault,
  type RenderAnswer,
  type RenderJob,
  type RenderReply,
  type RenderRequest,
} from './render-protocol.ts';

/** A forked process of the render pool: answers one request at a time and may be killed at any moment. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
new Worker(new URL(`./render-guard.${extension}`, import.meta.url), { workerData: { parent: process.ppid } }).unref();

/** What is asked for together is answered after so long, as far as it is done: one slow template keeps no others waiting. */
const longestMs = 100;

const render = createDocumentRenderer();
process.on('disconnect', () => process.exit(0));
process.on('message', ({ id, jobs }: RenderRequest) => {
  const begun = performance.now();
  const answers: RenderAnswer[] = [];
  for (const job of jobs) {
    if (answers.length > 0 && performance.now() - begun > longestMs) break;
    answers.push(answer(job));
  }
  reply({ kind: 'answers', id, answers, rssBytes: process.memoryUsage.rss() });
});
reply({ kind: 'ready' });

function answer(job: RenderJob): RenderAnswer {
  try {
    return { kind: 'done', document: render(job) };
  } catch (error) {
    const code = error instanceof TemplateFault || error instanceof RenderFault ? error.code : 'render.failed';
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'fault', code, message: message.slice(0, 1_000) };
  }
}

function reply(message: RenderReply): void {
  process.send?.(message);
}
