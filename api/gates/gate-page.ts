import type { Gate } from '../../contracts/api/gates.schema.ts';
import { instantText, textOf } from '../../domain/approval/content-words.ts';
import { html, type Markup, page } from '../http/html.ts';
import { contentSections } from './gate-content.ts';

/** What the page of a mail link shows. `problem` is why the last try did not count. */
export type GatePage = {
  workspace: { name: string; zone: string };
  member: { name: string; email: string };
  gate: Gate;
  round: number;
  contentHash: string;
  isUsable: boolean;
  problem: string | null;
  chosen: { outcome: string; comment: string; form: Record<string, unknown> };
  now: Date;
};

/** The page of a link in a mail: what is asked and a form while it can be decided, else what came of it. */
export function gatePage(view: GatePage): Markup {
  const { gate, workspace } = view;
  const isOpen = gate.status === 'open' && view.isUsable;
  return page({
    title: gate.title,
    workspace: workspace.name,
    notice: html`You decide as <b>${view.member.name}</b>: this link was sent to ${view.member.email}.`,
    body: isOpen ? openBody(view) : closedBody(view),
    footer: html`<span>Times in ${workspace.zone}. Page made ${instantText(view.now, workspace.zone)}.</span
      ><span>The link decides once, for you only. Please don’t forward it.</span>`,
  });
}

function openBody(view: GatePage): Markup {
  const { gate, workspace } = view;
  return html`<div class="in">
      <div class="meta">
        <span class="st person">Waiting for you</span
        >${gate.dueAt && html`<span class="late">until ${instantText(new Date(gate.dueAt), workspace.zone)}</span>`}<span
          >${gate.runTitle}${gate.contact && html` for ${gate.contact}`}</span
        >
      </div>
      <h1>${gate.title}</h1>
      <p class="lead">Opening this page has decided nothing.</p>
    </div>
    <div class="in cols two">
      <div>${contentSections(gate.content, workspace.zone)}</div>
      <form method="post" class="decide">
        ${view.problem && html`<p class="error" role="alert">${view.problem}</p>`}
        <input type="hidden" name="round" value="${view.round}" /><input
          type="hidden"
          name="expectedHash"
          value="${view.contentHash}"
        />
        <fieldset>
          <legend>Your decision</legend>
          ${gate.outcomes.map(
            (outcome) =>
              html`<label class="opt"
                ><input
                  type="radio"
                  name="outcome"
                  value="${outcome.name}"
                  required${outcome.name === view.chosen.outcome && html` checked`}
                />${outcome.label}${outcome.comment === 'required' && html`<small>needs a comment</small>`}</label
              >`,
          )}
        </fieldset>
        ${gate.outcomes.flatMap((outcome) =>
          outcome.fields.map(
            (field) =>
              html`<label class="f"
                ><div>${field.label} <span>needed for “${outcome.label}”, ${field.min} to ${field.max}</span></div>
                <input
                  class="t"
                  type="text"
                  inputmode="numeric"
                  pattern="[0-9]*"
                  name="form.${field.name}"
                  value="${textOf(view.chosen.form[field.name] ?? '', workspace.zone)}"
                />
              </label>`,
          ),
        )}
        <label class="f"
          ><div>Comment <span>${commentHint(gate)}</span></div>
          <textarea name="comment" rows="3" maxlength="5000">${view.chosen.comment}</textarea>
        </label>
        <div><button class="go">Record decision</button></div>
        <p class="note">${deadlineNote(gate, workspace.zone)}</p>
      </form>
    </div>`;
}

function commentHint(gate: Gate): string {
  const needing = gate.outcomes.filter((outcome) => outcome.comment === 'required').map((outcome) => outcome.label);
  return needing.length > 0 ? `needed for “${needing.join('”, “')}”` : 'optional';
}

function deadlineNote(gate: Gate, zone: string): string {
  if (gate.dueAt === null || gate.onTimeout === null) return 'It waits until someone decides.';
  const label = gate.outcomes.find((outcome) => outcome.name === gate.onTimeout)?.label ?? gate.onTimeout;
  return `If nobody decides by ${instantText(new Date(gate.dueAt), zone)}, it will be “${label}”.`;
}

function closedBody(view: GatePage): Markup {
  const { gate, workspace } = view;
  const vote = gate.votes.at(-1);
  const label = gate.outcomes.find((outcome) => outcome.name === gate.outcome)?.label ?? gate.outcome;
  return html`<div class="in">
      <div class="meta">
        <span class="st ${gate.status === 'decided' ? 'done' : 'off'}">${statusWord(view)}</span
        ><span>${gate.runTitle}${gate.contact && html` for ${gate.contact}`}</span>
      </div>
      <h1>${gate.title}</h1>
      <p class="lead">${closedLead(view, label)}</p>
    </div>
    <div class="in cols two">
      <div>${contentSections(gate.content, workspace.zone)}</div>
      <section class="box">
        <dl>
          ${
            label &&
            html`<dt>Outcome</dt>
              <dd>${label}</dd>`
          }${
            vote &&
            html`<dt>Decided by</dt>
              <dd>${vote.by.name}${vote.via === 'mail' && ', from the mail link'}</dd>`
          }${
            gate.decidedAt &&
            html`<dt>At</dt>
              <dd>${instantText(new Date(gate.decidedAt), workspace.zone)}</dd>`
          }${
            vote?.comment &&
            html`<dt>Comment</dt>
              <dd>${vote.comment}</dd>`
          }
          <dt>Content seen</dt>
          <dd><code>${gate.contentHash.slice(0, 12)}</code></dd>
          <dt>Round</dt>
          <dd>${gate.round}</dd>
        </dl>
      </section>
    </div>`;
}

function statusWord({ gate }: GatePage): string {
  switch (gate.status) {
    case 'open':
      return 'Link has ended';
    case 'decided':
      return 'Decided';
    case 'expired':
      return 'Deadline passed';
    case 'withdrawn':
      return 'Withdrawn';
  }
}

function closedLead({ gate }: GatePage, label: string | null): string {
  switch (gate.status) {
    case 'open':
      return 'This link cannot decide any more: it is too old, or what is asked has changed. Sign in to decide.';
    case 'decided':
      return 'The decision is recorded. This link now only shows this page.';
    case 'expired':
      return `Nobody decided in time, so it became “${label ?? ''}”.`;
    case 'withdrawn':
      return 'The run does not wait for this decision any more.';
  }
}

/** An instant in the workspace's zone: `Tue 24 Nov 2026, 09:46`. */
