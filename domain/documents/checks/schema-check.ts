import type { Finding, SlotAnswers } from '../../../contracts/documents/documents.ts';
import type { DocumentTemplate, SlotSpec } from '../../../contracts/documents/template.schema.ts';

/** The slots of an answer, or why it is none. */
export type ReadAnswers = { kind: 'answers'; answers: SlotAnswers } | { kind: 'findings'; findings: Finding[] };

/** Takes a model's JSON for the slots of a template. Nothing is repaired here: a wrong shape is a finding with its hint. */
export function readAnswers(template: Pick<DocumentTemplate, 'slots'>, value: unknown): ReadAnswers {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'findings', findings: [finding('answer', 'The answer is no JSON object')] };
  }
  const given: Record<string, unknown> = { ...value };
  const findings: Finding[] = [];
  const answers: SlotAnswers = {};
  for (const [slot, spec] of Object.entries(template.slots)) {
    const answer = slotOf(spec, given[slot]);
    if (typeof answer === 'object' && 'wrong' in answer) findings.push(finding(`slots.${slot}`, answer.wrong));
    else answers[slot] = answer;
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(template.slots, name)) findings.push(finding(name, `There is no slot “${name.slice(0, 60)}”`));
  }
  return findings.length > 0 ? { kind: 'findings', findings } : { kind: 'answers', answers };
}

function slotOf(spec: SlotSpec, value: unknown): string | string[] | { wrong: string } {
  if (spec.schema.type === 'string') {
    if (typeof value !== 'string') return { wrong: 'The slot must be a text' };
    return value.trim() === '' ? { wrong: 'The slot is empty' } : value.trim();
  }
  const { minItems, maxItems } = spec.schema;
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string' && item.trim() !== '');
  if (!isList) return { wrong: 'The slot must be a list of texts, none of them empty' };
  if (value.length >= minItems && value.length <= maxItems) return value.map((item) => String(item).trim());
  return { wrong: `The list must have ${minItems} to ${maxItems} texts and has ${value.length}` };
}

function finding(where: string, message: string): Finding {
  return {
    check: 'schema',
    code: 'schema.mismatch',
    severity: 'error',
    message: `${where}: ${message}`,
    evidence: null,
    repairHint: `${where}: ${message}. Answer with exactly the JSON object that was asked for.`,
  };
}
