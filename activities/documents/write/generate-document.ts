import type { BatchRow, Finding, SlotAnswers } from '../../../contracts/documents/documents.ts';
import type { BatchOptions, KeptOptions } from '../../../contracts/documents/batch.schema.ts';
import type { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import type { EffectError } from '../../../contracts/core/effects.ts';
import type { LlmOutcome } from '../../../contracts/core/providers.ts';
import { isRepairable, runChecks } from '../../../domain/documents/checks/run-checks.ts';
import { readAnswers } from '../../../domain/documents/checks/schema-check.ts';
import type { LeakIndex } from '../../../domain/documents/checks/leak-index.ts';
import { letterOf, sampleAnswers } from '../../../domain/documents/letter.ts';
import {
  answerSchema,
  documentMessages,
  maxAnswerTokens,
  noteMessages,
  promptPrefix,
  repairMessages,
} from '../../../domain/documents/prompt/document-prompt.ts';
import type { BatchRecord } from '../../../platform/db/documents/batches.ts';
import { codesOf } from '../../../platform/printable.ts';
import type { RenderPool } from '../../../platform/render/render-pool.ts';
import { RenderFault } from '../../../platform/render/render-protocol.ts';
import { countTokens } from '../../providers/llm/count-tokens.ts';
import type { LlmRequest } from '../../providers/llm/llm-config.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import { needsFonts } from '../glyph-check.ts';

/** What the documents of a batch share while it is generated. */
export type GenerateBasis = {
  batch: BatchRecord;
  prefix: string;
  prefixTokens: number;
  schema: Record<string, unknown>;
  schemaTokens: number;
  leaks: LeakIndex;
};

/** One document as the model and the checks left it. `skipped`: the template skips this row; `pending`: it must be written again. */
export type GeneratedDocument = {
  state: 'done' | 'skipped' | 'failed' | 'pending';
  answers: SlotAnswers | null;
  findings: Finding[];
  repairs: number;
  costMicros: number;
  inputTokens: number;
  outputTokens: number;
  error: EffectError | null;
};

/** Thrown where a document could not be finished for a reason that is not its own; `made` has what was paid for it. */
export class Unfinished extends Error {
  readonly made: GeneratedDocument;

  constructor(made: GeneratedDocument, cause: unknown) {
    super('The document could not be finished', { cause });
    this.made = made;
  }
}

type Filled = Awaited<ReturnType<RenderPool['render']>>;

/** What a call may have cost that was given up: an estimate, which counts as if it were paid. */
export type LostCall = Pick<GeneratedDocument, 'costMicros' | 'inputTokens' | 'outputTokens'>;

/**
 * Asks once, with pacing, transport retries and the price; `insteadOf` says why another model answered. Whatever comes of it, `lose` has had
 * each call that may have been paid for nothing.
 */
export type Ask = (
  request: Omit<LlmRequest, 'timeoutMs' | 'signal'>,
  lose: (call: LostCall) => void,
) => Promise<{ outcome: LlmOutcome; costMicros: number; insteadOf: string | null }>;

/** What a batch's documents share, made once a chunk. */
export function generateBasis(batch: BatchRecord, leaks: LeakIndex): GenerateBasis {
  const { brief, brand, language } = batch.options as BatchOptions;
  const template = batch.template as DocumentTemplate;
  const prefix = promptPrefix({ brief, brand, template, language });
  const schema = answerSchema(template);
  const schemaTokens = countTokens(JSON.stringify(schema));
  return { batch, leaks, schema, schemaTokens, prefix, prefixTokens: countTokens(prefix) };
}

/**
 * Writes one document: asks the model, checks what came, and lets it correct itself as often as the batch allows. What is still
 * wrong then stays as findings for a person. `again` asks for another version of a draft by a reviewer's note. A draft that can be used outlives a correction that fails, and what was paid is never lost.
 * @throws Unfinished where it has to be written again: the chunk stops, or the machine or the worker failed
 */
export async function generateDocument(
  basis: GenerateBasis,
  row: BatchRow,
  ask: Ask,
  renders: RenderPool,
  again?: { draft: SlotAnswers; note: string },
): Promise<GeneratedDocument> {
  const others = new Set<string>();
  const noted: Ask = async (request, lose) => {
    const answer = await ask(request, lose);
    if (answer.insteadOf !== null) others.add(answer.insteadOf);
    return answer;
  };
  const made = await write(basis, row, { ask: noted, renders, again });
  return { ...made, findings: [...made.findings, ...[...others].map(byAnother)] };
}

type Writing = { ask: Ask; renders: RenderPool; again: { draft: SlotAnswers; note: string } | undefined };

async function write(
  basis: GenerateBasis,
  row: BatchRow,
  { ask, renders, again }: Writing,
): Promise<GeneratedDocument> {
  const options = basis.batch.options as KeptOptions;
  const template = basis.batch.template as DocumentTemplate;
  const made = nothingMade();
  const pay = ({ costMicros, inputTokens, outputTokens }: LostCall): void => {
    made.costMicros += costMicros;
    made.inputTokens += inputTokens;
    made.outputTokens += outputTokens;
  };
  const first = documentMessages(basis.prefix, row, template);
  const messages = again ? noteMessages(first, again.draft, again.note) : first;
  let request = {
    model: options.model,
    messages,
    maxOutputTokens: maxAnswerTokens(template),
    cacheKey: basis.batch.id,
    jsonSchema: { name: 'passages', schema: basis.schema },
  };
  try {
    if (Object.keys(template.slots).length === 0) return { ...made, ...(await validate(basis, row, {}, renders)) };
    // A value of the row that the template cannot print is found before a model is paid for the rest.
    await fill(basis, row, sampleAnswers(template), renders);
    for (;;) {
      const { outcome, costMicros } = await ask(request, pay);
      pay({ costMicros, ...outcome.usage });
      const answer = readOutcome(template, outcome);
      if (answer.answers) Object.assign(made, await validate(basis, row, answer.answers, renders));
      const findings = answer.answers ? made.findings : answer.findings;
      if (made.state === 'skipped' || !isRepairable(findings)) return made;
      if (made.repairs >= options.repairs) return made.answers ? made : failed(made, unusable(findings, outcome));
      made.repairs += 1;
      request = { ...request, messages: repairMessages(messages, answer.text, findings) };
    }
  } catch (error) {
    if (made.answers) return { ...made, findings: [...made.findings, uncorrected(error)] };
    if (error instanceof ProviderError) return failed(made, error.failure);
    if (error instanceof RenderFault && error.code !== 'render.closed') return failed(made, error);
    throw new Unfinished(made, error);
  }
}

/** Puts a text that a person wrote through the checks that the model's goes through; it costs nothing. @throws Unfinished as `generateDocument` */
export async function checkDocument(
  basis: GenerateBasis,
  row: BatchRow,
  answers: SlotAnswers,
  renders: RenderPool,
): Promise<GeneratedDocument> {
  const made = nothingMade();
  try {
    return { ...made, ...(await validate(basis, row, answers, renders)) };
  } catch (error) {
    if (error instanceof RenderFault && error.code !== 'render.closed') return failed(made, error);
    throw new Unfinished(made, error);
  }
}

function nothingMade(): GeneratedDocument {
  const nothing = { answers: null, findings: [], repairs: 0, error: null };
  return { state: 'pending', ...nothing, costMicros: 0, inputTokens: 0, outputTokens: 0 };
}

function failed(made: GeneratedDocument, { code, message, words }: EffectError): GeneratedDocument {
  return { ...made, state: 'failed', error: { code, message, ...(words === undefined ? {} : { words }) } };
}

/** Which model wrote, and why not the batch's own. */
function byAnother(message: string): Finding {
  const about = { check: 'schema', code: 'schema.otherModel', severity: 'warning', evidence: null } as const;
  return { ...about, message, repairHint: '' };
}

/** The draft stands as it was; its faults are among the findings already. */
function uncorrected(error: unknown): Finding {
  const why = error instanceof Error ? error.message : String(error);
  const about = { check: 'schema', code: 'schema.uncorrected', severity: 'warning', evidence: null } as const;
  return { ...about, message: `The model could not be asked to correct it: ${why}`, repairHint: '' };
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
  const [short, repairHint] = about[outcome.kind];
  const message = outcome.kind === 'malformed' ? `${short}: ${outcome.problem}` : short;
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
  const filled = await fill(basis, row, answers, renders);
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
  const findings = [
    ...runChecks(checks, subject),
    ...(needsFonts(basis.batch) ? filled.missing : []).map((kind) => unset(kind, answers)),
  ];
  return { state: 'done', answers, findings, error: null };
}

/** A character that no font has: the reviewer sees it, and it is no surprise when files are made. */
function unset(kind: string, answers: SlotAnswers): Finding {
  const isWritten = Object.values(answers)
    .flat()
    .some((text) => text.includes(kind));
  return {
    check: 'glyphs',
    code: 'glyphs.missing',
    severity: 'error',
    message: `No font has “${kind}” (${codesOf(kind)})`,
    evidence: { where: 'document', start: 0, text: kind },
    repairHint: isWritten ? `Write without “${kind}”.` : '',
  };
}

function fill(
  { batch }: GenerateBasis,
  { key, values }: BatchRow,
  answers: SlotAnswers,
  renders: RenderPool,
): Promise<Filled> {
  return renders.render({ ...letterOf(batch, { key, values, answers }), formats: [] });
}

function unusable([first]: readonly Finding[], { said }: LlmOutcome): EffectError {
  const { code, message } = first ?? { code: 'schema.empty', message: 'The model gave no usable answer' };
  return { code, message, words: said };
}
