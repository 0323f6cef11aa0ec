import type { Absence, AbsenceFinding, FindingCode } from '../../../contracts/contacts/absence-api.schema.ts';

/** What is on record of something that did not come, and what that makes of it. */
export type Explained = Pick<Absence, 'outcome' | 'findings'>;

type More = Partial<Omit<AbsenceFinding, 'code' | 'isStop'>>;

/** Something on record that did not keep it from coming. */
export function passed(code: FindingCode, more: More = {}): AbsenceFinding {
  return { code, isStop: false, at: null, until: null, runId: null, version: null, what: [], reason: null, ...more };
}

/** Something on record that kept it from coming. */
export function stopped(code: FindingCode, more: More = {}): AbsenceFinding {
  return { ...passed(code, more), isStop: true };
}
