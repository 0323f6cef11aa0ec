import type { BatchRow, Finding, SlotAnswers } from '../../contracts/documents/documents.ts';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import type { LlmMessage, LlmOutcome } from '../../contracts/core/providers.ts';
import { isFlagged, runChecks } from '../../domain/documents/checks/run-checks.ts';
import { readAnswers } from '../../domain/documents/checks/schema-check.ts';
import type { LeakIndex } from '../../domain/documents/checks/leak-index.ts';
import { letterOf } from '../../domain/documents/letter.ts';
import {
  answerSchema,
  documentMessages,
  maxAnswerTokens,
  promptPrefix,
  repairMessages,
} from '../../domain/documents/prompt/document-prompt.ts';
import type { BatchRecord } from '../../platform/db/documents/batches.ts';
import type { RenderPool } from '../../platform/render/render-pool.ts';
import type { LlmRequest } from '../providers/llm/llm-config.ts';

/** What the documents of a batch share while it is generated. */
export type GenerateBasis = { batch: BatchRecord; prefix: string; schema: Record<string, unknown>; leaks: LeakIndex };

/** One document as the model and the checks left it. `skipped`: the template skips this row. */
export type GeneratedDocument = {
  state: 'done' | 'skipped' | 'failed';
  answers: SlotAnswers | null;
  findings: Finding[];
  repairs: number;
  costMicros: number;
  inputTokens: number;
  outputTokens: number;
  error: { code: string; message: string } | null;
};

/** Asks the model once, with pacing, transport retries and the price. */
export type Ask = (
  request: Omit<LlmRequest, 'timeoutMs' | 'signal'>,
) => Promise<{ outcome: LlmOutcome; costMicros: number }>;

/** What a batch's documents share, made once a chunk. */
export function generateBasis(batch: BatchRecord, leaks: LeakIndex): GenerateBasis {
  const { brief, brand, language } = batch.options as BatchOptions;
  const template = batch.template as DocumentTemplate;
  return { batch, leaks, schema: answerSchema(template), prefix: promptPrefix({ brief, brand, template, language }) };
}

/**
 * Writes one document: asks the model, checks what came, and lets it correct itself as often as the batch allows. What is still
 * wrong then stays as findings for a person. @throws what `ask` or the renderer throws
 */
export async function generateDocument(
  basis: GenerateBasis,
  row: BatchRow,
  ask: Ask,
  renders: RenderPool,
): Promise<GeneratedDocument> {
  const options = basis.batch.options as BatchOptions;
  const template = basis.batch.template as DocumentTemplate;
  const made: GeneratedDocument = {
    state: 'done',
    answers: null,
    findings: [],
    repairs: 0,
    costMicros: 0,
    inputTokens: 0,
    outputTokens: 0,
    error: null,
  };
  if (Object.keys(template.slots).length === 0) return { ...made, ...(await validate(basis, row, {}, renders)) };
  let messages: LlmMessage[] = documentMessages(basis.prefix, row, template);
  for (;;) {
    const request = {
      model: options.model,
      messages,
      maxOutputTokens: maxAnswerTokens(template),
      cacheKey: basis.batch.id,
    };
    const { outcome, costMicros } = await ask({ ...request, jsonSchema: { name: 'passages', schema: basis.schema } });
    made.costMicros += costMicros;
    made.inputTokens += outcome.usage.inputTokens;
    made.outputTokens += outcome.usage.outputTokens;
    const answer = readOutcome(template, outcome);
    const validated = answer.answers
      ? await validate(basis, row, answer.answers, renders)
      : { state: 'done' as const, findings: answer.findings };
    Object.assign(made, { answers: answer.answers, ...validated });
    if (made.state === 'skipped' || !isFlagged(made.findings) || made.repairs >= options.repairs) break;
    made.repairs += 1;
    messages = repairMessages(documentMessages(basis.prefix, row, template), answer.text, made.findings);
  }
  return made.answers === null && made.state === 'done'
    ? { ...made, state: 'failed', error: unusable(made.findings) }
    : made;
}

function readOutcome(
  template: DocumentTemplate,
  outcome: LlmOutcome,
): { answers: SlotAnswers | null; findings: Finding[]; text: string } {
  if (outcome.kind === 'answer') {
    const read = readAnswers(template, outcome.value);
    return read.kind === 'answers'
      ? { answers: read.answers, findings: [], text: outcome.text }
      : { answers: null, findings: read.findings, text: outcome.text };
  }
  const text = 'text' in outcome ? outcome.text : '';
  return { answers: null, text, findings: [contentFinding(outcome)] };
}

function contentFinding(outcome: Exclude<LlmOutcome, { kind: 'answer' }>): Finding {
  const about = {
    refusal: ['The model refused to write it', 'Write the passages as asked.'],
    truncated: ['The answer was cut off', 'Keep to the number of words.'],
    malformed: ['The answer is not the JSON that was asked for', 'Answer with the JSON object alone.'],
    empty: ['The answer was empty', 'Write every passage.'],
  } as const;
  const [message, repairHint] = about[outcome.kind];
  return { check: 'schema', code: `schema.${outcome.kind}`, severity: 'error', message, evidence: null, repairHint };
}

/** Fills the template for the words of the whole document, and puts them through the checks. */
async function validate(
  basis: GenerateBasis,
  row: BatchRow,
  answers: SlotAnswers,
  renders: RenderPool,
): Promise<Pick<GeneratedDocument, 'state' | 'findings' | 'error' | 'answers'>> {
  const { brief, brand, language, checks } = basis.batch.options as BatchOptions;
  const letter = letterOf(basis.batch, { key: row.key, values: row.values, answers });
  const filled = await renders.render({ ...letter, formats: [] });
  if (filled.kind === 'skipped')
    return { state: 'skipped', answers, findings: [], error: { code: 'template.skipped', message: filled.reason } };
  const subject = {
    row,
    template: basis.batch.template as DocumentTemplate,
    brand,
    brief,
    language,
    answers,
    text: filled.text,
    leaks: basis.leaks,
  };
  return { state: 'done', answers, findings: runChecks(checks, subject), error: null };
}

function unusable(findings: Finding[]): { code: string; message: string } {
  const [first] = findings;
  return { code: first?.code ?? 'schema.empty', message: first?.message ?? 'The model gave no usable answer' };
}
