import type { Gate } from '../../../contracts/approvals/gates-api.schema.ts';
import { instantText, textOf } from '../../../domain/approvals/content-words.ts';
import { html, icon, type Markup, page } from '../../http/html.ts';
import { closedBody } from './gate-closed.ts';
import { contentSections } from './gate-content.ts';
import { about, type GatePage, labelOf } from './gate-page-view.ts';

/** The page of a link in a mail: what is asked and a form while it can be decided, else what came of it. */
export function gatePage(view: GatePage): Markup {
  const { gate, workspace, member } = view;
  const isOpen = gate.status === 'open' && view.obstacle === null;
  return page({
    title: gate.title,
    workspace: workspace.name,
    notice: html`${icon('person')}<span
        >${isOpen ? html`You decide as <b>${member.name}</b>: this link was sent to ${member.email}.` : html`This link was sent to <b>${member.name}</b>, ${member.email}.`}</span
      >`,
    body: isOpen ? openBody(view) : closedBody(view),
    footer: html`<span>Times in ${workspace.zone}. Page made ${instantText(view.now, workspace.zone)}.</span
      >${isOpen && html`<span>The link decides once, for you only. Please don’t forward it.</span>`}`,
  });
}

function openBody(view: GatePage): Markup {
  const { gate, workspace } = view;
  return html`<div class="in">
      <div class="meta">
        <span class="st person">${icon('person')}Waiting for you</span>${deadline(view)}<span>${about(gate)}</span>
      </div>
      <h1>${gate.title}</h1>
      <p class="lead">
        ${view.problem === null ? 'Opening this page has decided nothing.' : 'Nothing is decided yet.'}
      </p>
      <p class="jump"><a href="#decision">Go to the decision</a></p>
    </div>
    <div class="in cols two">
      <div>${contentSections(gate.content, workspace.zone)}</div>
      <form method="post" action="#decision" class="decide" id="decision">
        ${view.problem && html`<p class="error" role="alert">${view.problem}</p>`}
        <input type="hidden" name="round" value="${view.round}" /><input
          type="hidden"
          name="expectedHash"
          value="${view.contentHash}"
        />
        <fieldset>
          <legend>Your decision</legend>
          ${gate.outcomes.map((outcome) => option(outcome, view.chosen.outcome))}
        </fieldset>
        ${gate.outcomes.flatMap((outcome) => outcome.fields.map((field) => number(outcome, field, view)))}
        ${
          gate.outcomes.some((outcome) => outcome.comment !== 'none') &&
          html`<label class="f"
            ><div>Comment <span>${commentHint(gate)}</span></div>
            <textarea name="comment" rows="3" maxlength="5000">${view.chosen.comment}</textarea>
          </label>`
        }
        <div><button class="go">Record decision</button></div>
        <div>
          <p class="note">${deadlineNote(gate, workspace.zone)}</p>
          <p class="note">You can also <a href="/inbox?gate=${gate.id}">open it in Throughline</a>.</p>
        </div>
      </form>
    </div>`;
}

type Outcome = Gate['outcomes'][number];

function option(outcome: Outcome, chosen: string): Markup {
  return html`<label class="opt"
    ><input
      type="radio"
      name="outcome"
      value="${outcome.name}"
      required${outcome.name === chosen && html` checked`}
    />${outcome.label}${outcome.follows && html`<small>→ ${outcome.follows}</small>`}${
      outcome.comment === 'required' && html`<small>needs a comment</small>`
    }</label
  >`;
}

function number(outcome: Outcome, field: Outcome['fields'][number], { chosen, workspace }: GatePage): Markup {
  const said = chosen.form[field.name] ?? '';
  return html`<label class="f"
    ><div>
      ${field.label}
      <span
        >needed for “${outcome.label}”, ${textOf(field.min, workspace.zone)} to
        ${textOf(field.max, workspace.zone)}</span
      >
    </div>
    <input
      class="t"
      type="text"
      inputmode="numeric"
      pattern="[0-9]*"
      name="form.${field.name}"
      value="${typeof said === 'number' ? said : textOf(said, workspace.zone)}"
    />
  </label>`;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function deadline({ gate, workspace, now }: GatePage): Markup | null {
  if (gate.dueAt === null) return null;
  const due = new Date(gate.dueAt);
  const left = due.getTime() - now.getTime();
  const until = instantText(due, workspace.zone);
  if (left <= 0) return html`<span class="late">was due ${until}</span>`;
  return html`<span class="${left < day && 'late'}">${leftWords(left)} left, until ${until}</span>`;
}

function leftWords(ms: number): string {
  if (ms >= 2 * day) return `${Math.floor(ms / day)} days`;
  return ms >= 2 * hour ? `${Math.floor(ms / hour)} h` : `${Math.max(1, Math.floor(ms / minute))} min`;
}

function commentHint(gate: Gate): string {
  const needing = gate.outcomes.filter((outcome) => outcome.comment === 'required').map((outcome) => outcome.label);
  return needing.length > 0 ? `needed for “${needing.join('”, “')}”` : 'optional';
}

function deadlineNote(gate: Gate, zone: string): string {
  if (gate.dueAt === null || gate.onTimeout === null) return 'It waits until someone decides.';
  return `If nobody decides by ${instantText(new Date(gate.dueAt), zone)}, it will be “${labelOf(gate.onTimeout, gate)}”.`;
}
