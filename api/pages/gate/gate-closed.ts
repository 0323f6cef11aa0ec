import { instantText } from '../../../domain/approvals/content-words.ts';
import { html, icon, type Markup } from '../../http/html.ts';
import { contentSections } from './gate-content.ts';
import { about, type GatePage, labelOf, type Obstacle } from './gate-page-view.ts';

/** The body of a link's page once it cannot decide: what came of it, or why this link can no longer decide. */
export function closedBody(view: GatePage): Markup {
  const { gate, workspace } = view;
  return html`<div class="in">
      <div class="meta">${status(view)}<span>${about(gate)}</span></div>
      <h1>${gate.title}</h1>
      ${view.problem && html`<p class="error" role="alert"><b>Your decision was not recorded.</b> ${view.problem}.</p>`}
      <p class="lead">${lead(view)} ${wayOn(view)}</p>
    </div>
    <div class="in cols two">
      <div>${contentSections(gate.content, workspace.zone)}</div>
      ${gate.outcome !== null && settledFacts(view)}
    </div>`;
}

function settledFacts({ gate, workspace }: GatePage): Markup {
  const decision = gate.votes.at(-1);
  const facts: [label: string, value: string | Markup | null | undefined][] = [
    ['Outcome', labelOf(gate.outcome, gate)],
    ['Decided by', decision && `${decision.by.name}${decision.via === 'mail' ? ', from the mail link' : ''}`],
    ['At', gate.decidedAt && instantText(new Date(gate.decidedAt), workspace.zone)],
    ['Comment', decision?.comment],
    ['Content seen', html`<code>${gate.contentHash.slice(0, 12)}</code>, round ${gate.round}`],
  ];
  return html`<dl class="box">
    ${facts.map(([label, value]) =>
      value
        ? html`<dt>${label}</dt>
            <dd>${value}</dd>`
        : html``,
    )}
  </dl>`;
}

function status({ gate, obstacle }: GatePage): Markup {
  switch (gate.status) {
    case 'open':
      return obstacle === 'due'
        ? html`<span class="st off">${icon('clock')}Deadline passed</span>`
        : html`<span class="st off">${icon('stop')}Link has ended</span>`;
    case 'decided':
      return html`<span class="st done">${icon('check')}Decided</span>`;
    case 'expired':
      return html`<span class="st off">${icon('clock')}Deadline passed</span>`;
    case 'withdrawn':
      return html`<span class="st off">${icon('stop')}Withdrawn</span>`;
  }
}

function lead({ gate, obstacle, member }: GatePage): string {
  switch (gate.status) {
    case 'open':
      return obstacle === null ? '' : whyNot(obstacle, labelOf(gate.onTimeout, gate));
    case 'decided': {
      const by = gate.votes.at(-1)?.by;
      const isMine = by?.kind === 'member' && by.id === member.id;
      const who = isMine ? 'You' : (by?.name ?? 'Someone');
      return `${who} decided “${labelOf(gate.outcome, gate)}”. It is recorded; this link now only shows this page.`;
    }
    case 'expired':
      return `No one decided in time, so it became “${labelOf(gate.outcome, gate)}”.`;
    case 'withdrawn':
      return 'The run no longer waits for this decision.';
  }
}

function whyNot(obstacle: Obstacle, onTimeout: string): string {
  switch (obstacle) {
    case 'due':
      return `No one decided in time, so it becomes “${onTimeout}”.`;
    case 'notYours':
      return 'This decision is no longer yours: others are asked now.';
    case 'tooOld':
      return 'This link is too old to decide, but the decision still waits.';
    case 'changed':
      return 'What is asked has changed since the mail was sent.';
  }
}

function wayOn({ gate, obstacle }: GatePage): Markup {
  const canDecide = gate.status === 'open' && (obstacle === 'tooOld' || obstacle === 'changed');
  return canDecide
    ? html`<a href="/inbox?gate=${gate.id}">Sign in to decide</a>.`
    : html`<a href="/runs/${gate.runId}">Open the run in Throughline</a>.`;
}
