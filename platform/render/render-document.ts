import { LRUCache } from 'lru-cache';
import { letterPage } from '../../domain/documents/letter.ts';
import { highlightsOf } from '../../domain/documents/model/highlights.ts';
import { markdownModel } from '../../domain/documents/model/markdown-model.ts';
import { modelHtml } from '../../domain/documents/model/model-html.ts';
import { modelText } from '../../domain/documents/model/model-text.ts';
import { TemplateEngine } from '../../domain/documents/template/template-engine.ts';
import type { RenderJob, RenderedDocument } from './render-protocol.ts';
import { createPdfRenderer, unusualIn } from './typst-pdf.ts';

type Parsed = { engine: TemplateEngine; template: ReturnType<TemplateEngine['parse']> };

/** Parsed templates kept: a process works for few batches at once. */
const TEMPLATES = 8;

/**
 * Makes documents in this process: Liquid → Markdown → model → text, HTML and PDF. Call it only where the process may be killed.
 * @throws TemplateFault, RenderFault
 */
export function createDocumentRenderer(): (job: RenderJob) => RenderedDocument {
  const parsed = new LRUCache<string, Parsed>({ max: TEMPLATES });
  let pdf: ReturnType<typeof createPdfRenderer> | null = null;
  return (job) => {
    const { engine, template } = parsedTemplate(parsed, job);
    const filled = engine.fill(template, job.scope);
    if (filled.kind === 'skipped') return filled;
    const blocks = markdownModel(filled.markdown, filled.values);
    const { title, language, brand, quotes } = job;
    const highlights = quotes && highlightsOf({ quotes, locked: Object.values(job.scope.locked) });
    const text = modelText(blocks);
    // Made at its first use: checks of common letters need no PDF, and the compiler takes 60 MB.
    if (job.formats.includes('pdf') || unusualIn(text).length > 0) pdf ??= createPdfRenderer();
    return {
      kind: 'document',
      text,
      missing: pdf?.missing(text, job) ?? [],
      html: job.formats.includes('html') ? modelHtml(blocks, letterPage(job), highlights) : null,
      pdf:
        job.formats.includes('pdf') && pdf
          ? pdf.pdf({ title, language, brand, date: job.scope.batch.date, blocks })
          : null,
    };
  };
}

function parsedTemplate(cache: LRUCache<string, Parsed>, job: RenderJob): Parsed {
  const key = `${job.language} ${job.body}`;
  const known = cache.get(key);
  if (known) return known;
  const engine = new TemplateEngine(job.language);
  const made = { engine, template: engine.parse(job.body) };
  cache.set(key, made);
  return made;
}
