import { defaultOperators, IfTag, isTruthy, type Liquid, type Template, UnlessTag, type Value } from 'liquidjs';
import type { Context } from 'liquidjs';

/** A text in which nobody reads anything. To a person it is as good as none, while Liquid takes it for something. */
function isBlank(value: unknown): boolean {
  const plain: unknown = typeof value === 'object' && value !== null ? value.valueOf() : value;
  return typeof plain === 'string' && /^[\s\p{Cf}]*$/u.test(plain);
}

const unlessBlank = (value: unknown): unknown => (isBlank(value) ? null : value);

/** Operators for which a blank text is no answer, as for `if` and `default`. */
export const blankOperators = {
  ...defaultOperators,
  not: (value: unknown, context: Context) => !isTruthy(unlessBlank(value), context),
  and: (left: unknown, right: unknown, context: Context) =>
    isTruthy(unlessBlank(left), context) && isTruthy(unlessBlank(right), context),
  or: (left: unknown, right: unknown, context: Context) =>
    isTruthy(unlessBlank(left), context) || isTruthy(unlessBlank(right), context),
};

/** `default` stands in for a blank text too. */
export function defaultForBlank(liquid: Liquid): void {
  const filter = liquid.filters['default'];
  if (typeof filter !== 'function') return;
  liquid.registerFilter('default', function (this: unknown, value: unknown, ...args: unknown[]): unknown {
    return filter.call(this as ThisParameterType<typeof filter>, isBlank(value) ? '' : value, ...args);
  });
}

/** Makes `if`, `elsif` and `unless` take a blank text for nothing. */
export function asksForWords(template: Template): void {
  if (!(template instanceof IfTag || template instanceof UnlessTag)) return;
  for (const { value } of template.branches) takeBlankForNothing(value);
}

function takeBlankForNothing(value: Value): void {
  const { value: read } = value;
  value.value = function* (context: Context, lenient?: boolean) {
    return unlessBlank(yield* read.call(value, context, lenient));
  };
}
