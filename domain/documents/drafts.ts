import type { DraftKind, Finding } from '../../contracts/documents/documents.ts';

/** Texts of one document, the first included: each is kept whole, and who needs more has another fault to mend. */
export const mostDrafts = 20;
/** How often the model may be asked for one document again: each call is paid, and what five notes do not reach a person writes quicker. */
export const mostRegenerations = 5;

/** How many more texts a document may get, and how many of them from the model. */
export function draftsLeft(drafts: readonly { kind: string }[]): { drafts: number; regenerations: number } {
  const regenerated = drafts.filter(({ kind }) => kind === ('regenerated' satisfies DraftKind)).length;
  const left = Math.max(0, mostDrafts - Math.max(1, drafts.length));
  return { drafts: left, regenerations: Math.min(left, Math.max(0, mostRegenerations - regenerated)) };
}

/** What a reviewer asked for. */
export type DraftAsk = { kind: DraftKind; author: string | null; note: string | null };

/** Characters of a note that a finding shows; the draft has it whole. */
const shownNote = 200;

/** Flags a text that was changed in review, whatever the checks say of it: the person who decides has to see the text that goes out. */
export function changedFinding({ kind, author, note }: DraftAsk): Finding {
  const who = author ?? 'A reviewer';
  const message =
    kind === 'edited'
      ? `${who} changed the text`
      : `Written again as ${who} asked: “${(note ?? '').slice(0, shownNote)}”`;
  return about(`review.${kind}`, message);
}

/** Flags a document of which no second text could be made; it has the one that it had. */
export function undraftedFinding({ kind }: DraftAsk, why: string): Finding {
  const message = kind === 'edited' ? 'The change could not be taken in' : 'It could not be written again';
  return about('review.failed', `${message}: ${why}`);
}

function about(code: string, message: string): Finding {
  return { check: 'review', code, severity: 'error', message, evidence: null, repairHint: '' };
}
