import type { Gate } from '../../../contracts/approvals/gates-api.schema.ts';
import { html, type Markup } from '../../http/html.ts';

/** Why a link cannot decide a gate that is still open; `due`: its deadline has passed and is about to be noted. */
export type Obstacle = 'due' | 'notYours' | 'tooOld' | 'changed';

/** What the page of a mail link shows. `problem` is why the last try did not count. */
export type GatePage = {
  workspace: { name: string; zone: string };
  member: { id: string; name: string; email: string };
  gate: Gate;
  round: number;
  contentHash: string;
  obstacle: Obstacle | null;
  problem: string | null;
  chosen: { outcome: string; comment: string; form: Record<string, unknown> };
  now: Date;
};

/** The run, and whom it is about. */
export function about({ runTitle, contact, contactName }: Gate): Markup {
  return html`${runTitle}${contact && html` for ${contactName ?? contact}`}`;
}

/** An outcome as its button calls it; empty for none. */
export function labelOf(outcome: string | null, gate: Gate): string {
  return gate.outcomes.find(({ name }) => name === outcome)?.label ?? outcome ?? '';
}
