import { Worker } from 'node:worker_threads';
import { TemplateFault } from '../../domain/documents/template/template-engine.ts';
import { createDocumentRenderer } from './render-document.ts';
import { RenderFault, type RenderReply, type RenderRequest } from './render-protocol.ts';

/** A forked process of the render pool: answers one request at a time and may be killed at any moment. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
new Worker(new URL(`./render-guard.${extension}`, import.meta.url), { workerData: { parent: process.ppid } }).unref();

const render = createDocumentRenderer();
process.on('disconnect', () => process.exit(0));
process.on('message', (request: RenderRequest) => reply(answer(request)));
reply({ kind: 'ready' });

function answer({ id, job }: RenderRequest): RenderReply {
  try {
    const document = render(job);
    return { kind: 'done', id, document, rssBytes: process.memoryUsage.rss() };
  } catch (error) {
    const code = error instanceof TemplateFault || error instanceof RenderFault ? error.code : 'render.failed';
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'fault', id, code, message: message.slice(0, 1_000), rssBytes: process.memoryUsage.rss() };
  }
}

function reply(message: RenderReply): void {
  process.send?.(message);
}
