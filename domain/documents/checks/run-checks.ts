import type { Finding } from '../../../contracts/documents/documents.ts';
import type { CheckName } from '../../../contracts/documents/batch.schema.ts';
import type { Check, CheckSubject } from './check.ts';
import { checkFacts } from './facts-check.ts';
import { checkLanguage } from './language-check.ts';
import { checkLeak } from './leak-check.ts';
import { checkLeftovers } from './leftovers-check.ts';
import { checkLength } from './length-check.ts';
import { checkLocked } from './locked-check.ts';
import { checkPromises } from './promises-check.ts';
import { checkRequired } from './required-check.ts';

/** `schema` is not among them: an answer of another shape has no slots to look at; `readAnswers` finds it. */
const checks: Record<Exclude<CheckName, 'schema'>, Check> = {
  leftovers: checkLeftovers,
  length: checkLength,
  required: checkRequired,
  language: checkLanguage,
  facts: checkFacts,
  promises: checkPromises,
  locked: checkLocked,
  leak: checkLeak,
};

/** Puts a document through the wanted checks, in their order. It is flagged if one finding has the severity `error`. */
export function runChecks(names: readonly CheckName[], subject: CheckSubject): Finding[] {
  return names.flatMap((name) => (name === 'schema' ? [] : checks[name](subject)));
}

/** Whether a person must see the document. */
export function isFlagged(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}

/** Whether the model can do something about a document that is flagged: some fault is not the row's own. */
export function isRepairable(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error' && finding.repairHint !== '');
}
