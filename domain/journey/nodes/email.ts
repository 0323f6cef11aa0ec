import type { EmailNode } from '../../../contracts/journey.ts';
import type { JsonObject } from '../../../contracts/machine.ts';
import { evaluate, evaluateAll, toText } from '../../conditions/values.ts';
import { failed, unexpected, type Move, type Scope } from '../moves.ts';
import type { Settlement } from '../state.ts';
import { quietUntil, zoneOf } from '../time.ts';

/** Sends, unless quiet hours hold: then it waits for their end, or leaves the message out. */
export function beginEmail(node: EmailNode, scope: Scope): Move {
  const quiet = node.anyHour === true ? undefined : scope.definition.quietHours;
  if (!quiet) return send(node, scope);
  const zone = quiet.zone === 'contact' ? scope.zone : zoneOf([quiet.zone, scope.workspaceZone]);
  const until = quietUntil(scope.now, quiet, zone);
  if (until === null) return send(node, scope);
  if (quiet.over === 'hold') return { kind: 'open', opened: { kind: 'time', dueAt: until } };
  return { kind: 'leave', isSkipped: true, detail: { reason: 'quiet hours' }, output: { skipped: 'quiet hours' } };
}

/** After a hold it looks again. An output with `skipped` (no consent, suppressed) says that nothing was sent. */
export function settleEmail(node: EmailNode, settled: Settlement, scope: Scope): Move {
  switch (settled.kind) {
    case 'due':
      return beginEmail(node, scope);
    case 'performed': {
      const reason = settled.output['skipped'];
      if (typeof reason !== 'string') return { kind: 'leave', output: settled.output };
      return { kind: 'leave', isSkipped: true, detail: { reason }, output: settled.output };
    }
    case 'failed':
      return failed(settled);
    case 'event':
    case 'gate':
      return unexpected(settled);
  }
}

/** `params`: `{ content: { kind, template | markdown, subject }, variables }`; `subject` null takes the template's own. */
function send(node: EmailNode, scope: Scope): Move {
  const { content } = node;
  const words = content.subject === undefined ? '' : toText(evaluate(content.subject, scope.facts)).trim();
  const subject = words === '' ? null : words;
  if (content.kind === 'inline' && subject === null) return { kind: 'fail', reason: 'its subject came out empty' };
  const resolved: JsonObject =
    content.kind === 'inline'
      ? { kind: 'inline', subject, markdown: content.markdown }
      : { kind: 'template', subject, template: content.template };
  const variables = evaluateAll(node.variables ?? {}, scope.facts);
  return {
    kind: 'open',
    opened: { kind: 'perform', activity: 'sendMessage', params: { content: resolved, variables } },
  };
}
