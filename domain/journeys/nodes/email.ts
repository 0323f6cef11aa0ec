import type { QuietHours } from '../../../contracts/journeys/journey.schema.ts';
import type { EmailNode } from '../../../contracts/journeys/nodes.schema.ts';
import { ACTION_DONE, ACTION_OPENED } from '../../../contracts/core/recorded-names.ts';
import { evaluateAll, type Facts, toText, valueOf } from '../../conditions/values.ts';
import type { NodeResult, Scope } from '../node-result.ts';
import { quietUntil, zoneOf } from '../../time/time.ts';
import { defineActing, settleAction } from './actions.ts';
import type { Composed } from './node-kind.ts';
import { fieldUses, valueUses } from './uses.ts';

/** Sends, unless quiet hours hold: then it waits for their end, or leaves the message out. */
export const email = defineActing<EmailNode>({
  begin,
  /** After a hold it looks again. An output with `skipped` (no consent, suppressed) says that nothing was sent. */
  settle(node, result, scope) {
    if (result.kind === 'due') return begin(node, scope);
    if (result.kind !== ACTION_DONE) return settleAction(result);
    const { output } = result;
    const reason = output['skipped'];
    return typeof reason === 'string'
      ? { kind: 'leave', isSkipped: true, detail: { reason }, output }
      : { kind: 'leave', output };
  },
  uses: ({ content, variables }) => [
    ...(content.subject ? valueUses('content.subject', content.subject) : []),
    ...fieldUses('variables', variables ?? {}),
  ],
  references({ content, variables }) {
    if (content.kind === 'inline') return [];
    const given = Object.keys(variables ?? {});
    return [{ kind: 'message', reference: content.template, field: 'content.template', variables: given }];
  },
  pin: (node, pin) =>
    node.content.kind === 'inline'
      ? node
      : { ...node, content: { ...node.content, template: pin('message', node.content.template) } },
  mail: ({ content, variables, transactional }) => ({
    subject: content.subject?.kind === 'literal' ? toText(content.subject.value) : null,
    markdown: content.kind === 'inline' ? content.markdown : null,
    variables: Object.keys(variables ?? {}),
    isTransactional: transactional === true,
  }),
  compose,
  output: () => ({}),
  draw: ({ content }) => ({
    detail: content.kind === 'template' ? `Mail from ${content.template}` : 'Mail written here',
  }),
  words: (_, title) => `email “${title}”`,
});

function begin(node: EmailNode, scope: Scope): NodeResult {
  const quiet = quietOf(node, scope);
  const until = quiet && quietUntil(scope.now, quiet, quiet.zone);
  if (!quiet || until === null) return send(node, scope, quiet);
  if (quiet.over === 'hold') return { kind: 'open', opened: { kind: 'time', dueAt: until } };
  return { kind: 'leave', isSkipped: true, detail: { reason: 'quiet hours' }, output: { skipped: 'quiet hours' } };
}

/** The hours in which the mail is not sent, by the clock of a zone; null where it may go at any hour. */
function quietOf(node: EmailNode, scope: Scope): QuietHours | null {
  const quiet = node.anyHour === true ? undefined : scope.definition.quietHours;
  if (!quiet) return null;
  const zone = quiet.zone === 'contact' ? scope.zone : zoneOf([quiet.zone, scope.workspaceZone]);
  return { ...quiet, zone };
}

/** Asks for the mail. The hours go with it: it may be tried for long. */
function send(node: EmailNode, scope: Scope, quiet: QuietHours | null): NodeResult {
  const { content, variables } = compose(node, scope.facts);
  if (content.subject === '') return { kind: 'fail', reason: 'its subject came out empty' };
  return {
    kind: 'open',
    opened: {
      kind: ACTION_OPENED,
      activity: 'sendMessage',
      params: {
        content,
        variables,
        zone: scope.zone,
        ...(node.transactional ? { isTransactional: true } : {}),
        ...(quiet ? { quiet } : {}),
      },
    },
  };
}

/**
 * A subject that comes out empty is the template's own, and '' where the words stand in the node; one that a person wrote is Liquid, one that a
 * step computed is words.
 */
function compose({ content, variables }: EmailNode, facts: Facts): Composed {
  const subject = content.subject === undefined ? '' : toText(valueOf(content.subject, facts)).trim();
  const isLiquid = content.subject?.kind === 'literal' ? { isSubjectLiquid: true } : {};
  return {
    content:
      content.kind === 'template'
        ? { kind: 'template', subject: subject === '' ? null : subject, template: content.template, ...isLiquid }
        : { kind: 'inline', subject, markdown: content.markdown, ...isLiquid },
    variables: evaluateAll(variables ?? {}, facts),
  };
}
