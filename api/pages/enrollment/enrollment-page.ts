import { DateTime } from 'luxon';
import { money } from '../../../domain/words/amounts.ts';
import { html, type Markup, page, smallPage } from '../../http/html.ts';
import { canLeave, canPay, canStay, type EnrollmentPage, isOffered, standing } from './enrollment-page-view.ts';

/** The learner's page: where they stand, what they can do about it, and the receipt. `problem`: why what they wanted was not taken. */
export function enrollmentPage(view: EnrollmentPage, base: string, problem: string | null = null): Markup {
  const { enrollment, receipt, terms } = view;
  return framed(
    view,
    html`<h1>${enrollment.course_title}</h1>
      <p class="lead">${standing(view)}</p>
      ${problem !== null && html`<p class="error" role="alert">${problem}</p>`}
      <div class="cols">
        ${facts(view)} ${isOffered(view) && offerForms(base)} ${payLink(view)}
        ${receipt.length > 0 && receiptTable(view)} ${canStay(view) && button(base, 'stay', 'Stay in the course')}
        ${canLeave(view) && html`<p><a href="${base}/withdraw">Withdraw from the course…</a></p>`}
        <p class="note">Opening this page changes nothing. Times in ${terms.zone}.</p>
      </div>`,
  );
}

/** The page before a withdrawal: what comes back first, then the question. */
export function withdrawPage(view: EnrollmentPage, base: string): Markup {
  const { enrollment, quote } = view;
  if (!canLeave(view)) return enrollmentPage(view, base);
  return framed(
    view,
    html`<h1>Withdraw from ${enrollment.course_title}?</h1>
      <p class="lead">
        ${
          quote === null
            ? `${withoutQuote(view)} Your place goes to the next in line.`
            : html`If you withdraw now, ${money(quote.refundMinor, quote.currency)} of
              ${money(quote.paidMinor, quote.currency)} would come back. A person decides by these rules.`
        }
      </p>
      <div class="cols">
        ${
          quote !== null &&
          html`<div class="scroll">
            <table>
              <tbody>
                ${quote.lines.map(({ reason, amountMinor }) => row(reason, money(amountMinor, quote.currency)))}
              </tbody>
            </table>
          </div>`
        }
        <form method="post" action="${base}">
          <input type="hidden" name="act" value="withdraw" />
          <label class="f"
            ><div>Why <span>shown to the person who decides</span></div>
            <textarea name="reason" rows="3" maxlength="1000" required></textarea>
          </label>
          <button class="go">Withdraw</button>
        </form>
        <p><a href="${base}">Back, without withdrawing</a></p>
      </div>`,
  );
}

/** What comes back where no quote can be made: money may be under way, or have come after the last turn. */
function withoutQuote({ enrollment: { payment }, receipt }: EnrollmentPage): string {
  if (payment === 'underWay')
    return 'Your payment is under way. If you withdraw now, all of it comes back once it is here.';
  if (payment === 'chargedBack') return 'Your bank has taken back what you had paid, so nothing comes back.';
  const stands = receipt.reduce(
    (sum, { kind, amountMinor }) => sum + (kind === 'paid' ? amountMinor : -amountMinor),
    0,
  );
  if (stands > 0)
    return 'What you have paid is not booked yet. Open this page again in a moment to see what would come back.';
  return `${receipt.length > 0 ? 'What you had paid has come back' : 'You have paid nothing'}, so nothing comes back.`;
}

/** What is said after a form was taken: its run does the rest, and the page shows it as soon as it has. */
export function takenPage(view: EnrollmentPage, base: string): Markup {
  return smallPage({
    title: 'Thank you',
    workspace: view.workspace,
    heading: 'Thank you, that has arrived',
    lead: html`It takes a moment, and you get a mail. <a href="${base}">See where you stand</a>.`,
  });
}

/** A link that we did not make. */
export function unknownPage(): Markup {
  return smallPage({
    title: 'Unknown link',
    heading: 'This link is not complete',
    lead: 'A mail program may have cut it in two. Copy the whole address from the mail.',
  });
}

function framed({ workspace, enrollment }: EnrollmentPage, body: Markup): Markup {
  const title = enrollment.course_title;
  return page({
    title,
    workspace,
    isSmall: true,
    body: html`<div class="in">
      <div class="meta"></div>
      ${body}
    </div>`,
  });
}

function facts({ enrollment, terms }: EnrollmentPage): Markup {
  const until = enrollment.seat_kind === 'confirmed' ? null : enrollment.seat_expires_at;
  const lines: [string, string | null][] = [
    ['Course run', enrollment.run_title],
    ['Starts', shown(terms.startsAt, terms.zone)],
    ['Ends', shown(terms.endsAt, terms.zone)],
    ['Price', money(terms.priceMinor, terms.currency)],
    ['Kept for you until', shown(until?.toISOString() ?? null, terms.zone)],
  ];
  return html`<div class="scroll">
    <table>
      <tbody>
        ${lines.flatMap(([name, value]) => (value === null ? [] : [row(name, value)]))}
      </tbody>
    </table>
  </div>`;
}

function receiptTable({ receipt, terms }: EnrollmentPage): Markup {
  return html`<section class="blk">
    <h2>Receipt</h2>
    <div class="scroll">
      <table>
        <tbody>
          ${receipt.map(({ kind, at, amountMinor, currency }) => {
            const when = shown(at?.toISOString() ?? null, terms.zone);
            return row(
              `${kind === 'paid' ? 'Paid' : 'Given back'}${when === null ? '' : `, ${when}`}`,
              money(amountMinor, currency),
            );
          })}
        </tbody>
      </table>
    </div>
  </section>`;
}

function row(name: string, value: string): Markup {
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${value}</td>
  </tr>`;
}

function payLink(view: EnrollmentPage): Markup | false {
  const { enrollment, terms } = view;
  return (
    canPay(view) &&
    html`<p><a href="${enrollment.checkout_url ?? ''}">Pay ${money(terms.priceMinor, terms.currency)}</a></p>`
  );
}

function offerForms(base: string): Markup {
  return html`<div>${button(base, 'accept', 'Accept the seat')}</div>
    <div>${button(base, 'decline', 'Decline it', true)}</div>`;
}

function button(base: string, act: string, label: string, isQuiet = false): Markup {
  return html`<form method="post" action="${base}">
    <input type="hidden" name="act" value="${act}" />
    <button class="go ${isQuiet && 'quiet'}">${label}</button>
  </form>`;
}

function shown(instant: string | null, zone: string): string | null {
  if (instant === null) return null;
  return DateTime.fromISO(instant, { zone, locale: 'en' }).toFormat("d LLLL yyyy 'at' HH:mm ZZZZ");
}
