import { EchoTag, ForTag, Output, toValueSync, Value } from 'liquidjs';
import type { Context, Template } from 'liquidjs';
import { asksForWords } from './blank-texts.ts';

/**
 * Makes parsed templates refuse to print what is not there, and nothing else: `{{ missing }}` throws `undefined variable`, while conditions,
 * loops, assignments and every output with a `default` filter, wherever it stands among the filters, take what is missing as nothing. So
 * does a field of a loop's item: the items of a list need not be alike. Conditions take a text of blanks as nothing too. For an engine whose `strictVariables` is off.
 * @returns the same templates
 */
export function withStrictOutputs(templates: Template[]): Template[] {
  refuseMissing(templates, new Set());
  return templates;
}

function refuseMissing(templates: readonly Template[], items: ReadonlySet<string>): void {
  for (const template of templates) {
    asksForWords(template);
    if (template instanceof Output || template instanceof EchoTag) {
      for (const value of template.arguments()) if (value instanceof Value && !mayMiss(value, items)) makeStrict(value);
    }
    const inside = template instanceof ForTag ? new Set([...items, template.variable]) : items;
    refuseMissing(childrenOf(template), inside);
  }
}

function makeStrict(value: Value): void {
  value.value = function* (context: Context, lenient?: boolean) {
    const { strictVariables } = context;
    context.strictVariables = true;
    try {
      return yield* Value.prototype.value.call(value, context, lenient) as ReturnType<Value['value']>;
    } finally {
      context.strictVariables = strictVariables;
    }
  };
}

function mayMiss({ initial, filters }: Value, items: ReadonlySet<string>): boolean {
  if (filters.some(({ name }) => name === 'default')) return true;
  const names = initial.postfix.map((token) =>
    token
      .getText()
      .split(/[.[\s]/, 1)
      .join(''),
  );
  return names.some((name) => items.has(name));
}

function childrenOf(template: Template): Template[] {
  return template.children ? (toValueSync(template.children(false, true)) as Template[]) : [];
}
