import type { Condition, ValueExpression } from '../../contracts/journeys/conditions.schema.ts';
import { segmentLimits } from '../../contracts/segments/limits.ts';
import { isMembershipEvent } from '../../contracts/segments/membership-events.ts';

/** Something wrong with a rule; `path` is where in it. */
export type RuleProblem = { path: string; code: string; message: string; hint: string };

/** Everything wrong with the rule of a segment that has the right shape, by itself; which segments there are is for the workspace to say. */
export function checkRule(rule: Condition): RuleProblem[] {
  const problems = problemsOf(rule, 'rule', { depth: 1, isEvent: false });
  return sizeOf(rule) > segmentLimits.parts
    ? [
        problem(
          'rule',
          'segment.tooLarge',
          `It has more than ${segmentLimits.parts} parts`,
          'Make a segment of a part.',
        ),
      ]
    : problems;
}

/** How many questions and values a rule has. */
export function sizeOf(rule: Condition): number {
  switch (rule.kind) {
    case 'compare':
      return 1 + valueSize(rule.left) + valueSize(rule.right);
    case 'exists':
      return 1 + valueSize(rule.value);
    case 'all':
    case 'any':
      return 1 + sum(rule.of.map(sizeOf));
    case 'not':
      return 1 + sizeOf(rule.condition);
    case 'performed':
      return 1 + sum((rule.where ?? []).map(sizeOf));
    case 'inSegment':
      return 1;
  }
}

/** Each item of a list is one comparison. */
function valueSize(value: ValueExpression): number {
  if (value.kind === 'literal') return Array.isArray(value.value) ? Math.max(1, value.value.length) : 1;
  return value.kind === 'firstOf' ? 1 + sum(value.values.map(valueSize)) : 1;
}

type At = { depth: number; isEvent: boolean };

function problemsOf(rule: Condition, path: string, at: At): RuleProblem[] {
  const deeper = { ...at, depth: at.depth + 1 };
  if (at.depth > segmentLimits.depth)
    return [problem(path, 'segment.tooDeep', `Questions stand ${at.depth} levels deep`, 'Make a segment of a part.')];
  const inner = (parts: readonly Condition[], name: string, where = deeper): RuleProblem[] =>
    parts.flatMap((part, index) => problemsOf(part, `${path}.${name}.${index}`, where));
  switch (rule.kind) {
    case 'compare':
      return comparisonProblems(rule, path, at);
    case 'exists':
      return valueProblems(rule.value, `${path}.value`, at);
    case 'all':
    case 'any':
      return inner(rule.of, 'of');
    case 'not':
      return problemsOf(rule.condition, `${path}.condition`, deeper);
    case 'performed':
      return performedProblems(rule, path, at).concat(inner(rule.where ?? [], 'where', { ...deeper, isEvent: true }));
    case 'inSegment':
      return at.isEvent ? [onlyOfEvent(path)] : [];
  }
}

type Kind<K extends Condition['kind']> = Extract<Condition, { kind: K }>;

function comparisonProblems({ op, left, right }: Kind<'compare'>, path: string, at: At): RuleProblem[] {
  const problems = [...valueProblems(left, `${path}.left`, at), ...valueProblems(right, `${path}.right`, at)];
  const isMoment = op === 'before' || op === 'after';
  if ((left.kind === 'now' || right.kind === 'now') && !isMoment)
    problems.push(
      problem(path, 'segment.now', '`now` is compared by `before` and `after` alone', 'Say before or after.'),
    );
  if ((op === 'contains' || op === 'startsWith' || op === 'oneOf') && right.kind !== 'literal')
    problems.push(
      problem(
        `${path}.right`,
        'segment.notWritten',
        `\`${op}\` needs a value that is written in the rule`,
        'Give a literal.',
      ),
    );
  if (op === 'oneOf' && right.kind === 'literal' && !Array.isArray(right.value))
    problems.push(problem(`${path}.right`, 'segment.noList', '`oneOf` needs a list', 'Give a list of values.'));
  return problems;
}

function performedProblems({ event, which, count }: Kind<'performed'>, path: string, at: At): RuleProblem[] {
  if (at.isEvent) return [onlyOfEvent(path)];
  if (isMembershipEvent(event)) {
    const message = 'A segment does not ask who has entered or left segments, which its own people would do';
    return [problem(`${path}.event`, 'segment.ofSegments', message, 'Ask `inSegment`.')];
  }
  return which !== undefined && count !== undefined
    ? [
        problem(
          `${path}.count`,
          'segment.countOfOne',
          'Of the first or last event alone there is nothing to count',
          'Leave one out.',
        ),
      ]
    : [];
}

function onlyOfEvent(path: string): RuleProblem {
  return problem(
    path,
    'segment.insideEvent',
    'What is asked of an event is about that event and its contact alone',
    'Put it beside.',
  );
}

function valueProblems(value: ValueExpression, path: string, at: At): RuleProblem[] {
  switch (value.kind) {
    case 'literal':
    case 'contact':
      return [];
    case 'now':
      return at.isEvent
        ? [problem(path, 'segment.nowOfEvent', 'Inside an event there is no `now`', 'Say `within` of the event.')]
        : [];
    case 'event':
      return at.isEvent
        ? []
        : [
            problem(
              path,
              'event.outsideFilter',
              'A property of an event is known only inside `performed`',
              'Take an attribute.',
            ),
          ];
    case 'firstOf':
      return value.values.flatMap((part, index) =>
        part.kind === 'now'
          ? [problem(`${path}.values.${index}`, 'segment.now', '`now` stands alone', 'Compare with it directly.')]
          : valueProblems(part, `${path}.values.${index}`, at),
      );
    case 'text':
    case 'object':
      return [
        problem(path, 'segment.value', `A segment knows no \`${value.kind}\``, 'Compare with a value or an attribute.'),
      ];
    case 'entry':
    case 'entryKey':
    case 'output':
      return [
        problem(
          path,
          'segment.value',
          'A segment has no run, and no entry or step of one',
          'Take an attribute or an event.',
        ),
      ];
  }
}

function problem(path: string, code: string, message: string, hint: string): RuleProblem {
  return { path, code, message, hint };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
