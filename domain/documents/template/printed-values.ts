import { type Template, toValueSync, Value } from 'liquidjs';
import { TemplateEngine } from './template-engine.ts';

/** What `money` is given for an amount: a currency, or the column that holds each row's. */
export type PrintedCurrency = { code: string } | { column: string };

/**
 * In which currencies a template prints its columns. Under a column's name stands what its own amounts are printed in; `all` is the one currency
 * of a template that prints every amount in it, also those that it calculates first.
 */
export type PrintedCurrencies = { of: ReadonlyMap<string, readonly PrintedCurrency[]>; all: string | null };

/** Reads them from the body of a template. @throws TemplateFault where it cannot be read */
export function printedCurrencies(body: string): PrintedCurrencies {
  const of = new Map<string, PrintedCurrency[]>();
  const codes = new Set<string | null>();
  for (const { initial, filters } of valuesOf(new TemplateEngine('en').parse(body))) {
    const [argument] = filters.find(({ name }) => name === 'money')?.args ?? [];
    if (argument === undefined || Array.isArray(argument)) continue;
    const written = argument.getText();
    const code = /^["'](\w{3})["']$/.exec(written)?.[1] ?? null;
    codes.add(code);
    const [token] = initial.postfix.length === 1 ? initial.postfix : [];
    const column = token && columnOf(token.getText());
    const currency = code === null ? columnOf(written) : null;
    if (column === null || column === undefined) continue;
    if (code !== null) of.set(column, [...(of.get(column) ?? []), { code }]);
    else if (currency !== null) of.set(column, [...(of.get(column) ?? []), { column: currency }]);
  }
  const [all = null, ...others] = codes;
  return { of, all: others.length === 0 ? all : null };
}

/** Whether a template writes amounts, numbers or days as the language of the letter has them. @throws TemplateFault where it cannot be read */
export function writesByLanguage(body: string): boolean {
  const byLanguage = ['money', 'number', 'long_date'];
  const values = [...valuesOf(new TemplateEngine('en').parse(body))];
  return values.some(({ filters }) => filters.some(({ name }) => byLanguage.includes(name)));
}

const columnOf = (written: string): string | null => /^row\.(\w+)$/.exec(written)?.[1] ?? null;

function* valuesOf(templates: readonly Template[]): Generator<Value, void, undefined> {
  for (const template of templates) {
    for (const value of template.arguments?.() ?? []) if (value instanceof Value) yield value;
    if (template.children) yield* valuesOf(toValueSync(template.children(false, true)) as Template[]);
  }
}
