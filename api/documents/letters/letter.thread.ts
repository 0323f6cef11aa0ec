import { parentPort } from 'node:worker_threads';
import { letterPage } from '../../../domain/documents/letter.ts';
import { highlightsOf } from '../../../domain/documents/model/highlights.ts';
import { markdownModel } from '../../../domain/documents/model/markdown-model.ts';
import { modelHtml } from '../../../domain/documents/model/model-html.ts';
import { TemplateEngine, TemplateFault } from '../../../domain/documents/template/template-engine.ts';
import type { LetterJob, LetterReply } from './letter-renderer.ts';

/** The thread of the letter renderer: answers one job at a time and may be ended at any moment. */
parentPort?.on('message', (job: LetterJob) => parentPort?.postMessage(answer(job)));
parentPort?.postMessage('ready');

function answer({ letter, quotes }: LetterJob): LetterReply {
  try {
    const engine = new TemplateEngine(letter.language);
    const filled = engine.fill(engine.parse(letter.body), letter.scope);
    if (filled.kind === 'skipped') return filled;
    const highlights = highlightsOf({ quotes, locked: Object.values(letter.scope.locked) });
    return { kind: 'html', html: modelHtml(markdownModel(filled.markdown), letterPage(letter), highlights) };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return { kind: 'fault', code: error.code, message: error.message.slice(0, 1_000) };
  }
}
