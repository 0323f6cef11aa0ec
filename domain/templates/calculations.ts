/** A number as its decimal text, which is written without a detour over binary: no digit of a large one is lost. @throws Error for what is none */
export function decimalOf(text: string): Intl.StringNumericLiteral {
  const trimmed = text.trim();
  if (!/^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(trimmed))
    throw new Error(`“${text.slice(0, 40)}” is not a number`);
  return trimmed as Intl.StringNumericLiteral;
}

/**
 * The text of a number that a template has calculated: to fifteen digits, which is what arithmetic in binary keeps of decimals.
 * @throws Error where it is none, as after a division by nothing
 */
export function calculated(value: number): string {
  if (!Number.isFinite(value)) throw new Error('The template divides by nothing, or calculates with what is no number');
  const rounded = Number(value.toPrecision(15));
  return rounded.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 20, signDisplay: 'negative' });
}

/** A filter that calculates, with an error where a text is no number: Liquid would take it for 0. An empty one is 0. */
export function calculating(filter: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
  return function (this: unknown, ...args) {
    for (const each of args) if (typeof each === 'string' && each.trim() !== '') decimalOf(each);
    return filter.apply(this, args);
  };
}
