import { own } from '../../../contracts/core/json.ts';
import type { Template, Variable } from 'liquidjs';
import type { Problem } from '../../../contracts/documents/documents.ts';
import type { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import { loopProblems } from './loop-lint.ts';
import { TemplateEngine, TemplateFault } from './template-engine.ts';

const brandNames = ['name', 'footer', 'website', 'email', 'phone', 'addressLines'];
const batchNames = ['name', 'language', 'date', 'key'];
/** Properties that Liquid itself gives to texts and lists. */
const builtIn = ['size', 'first', 'last'];

/**
 * All reasons why a template is refused, without filling it: syntax, names that do not exist, slots whose text would be
 * paid for and never shown, loops that no document needs. An empty list means that it can be stored.
 */
export function lintTemplate(template: DocumentTemplate): Problem[] {
  const engine = new TemplateEngine('en');
  const parsed = parse(engine, template.body);
  if ('code' in parsed) return [parsed];
  const variables = Object.values(engine.liquid.analyzeSync(parsed, { partials: false }).globals).flat();
  return [
    ...variables.flatMap((variable) => variableProblem(template, variable) ?? []),
    ...unusedSlots(template, variables),
    ...mentionProblems(template),
    ...loopProblems(template.body),
  ];
}

function parse(engine: TemplateEngine, body: string): Template[] | Problem {
  try {
    return engine.parse(body);
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return {
      path: place(error.line ?? 1, error.column ?? 1),
      code: error.code,
      message: error.message,
      hint: 'Close every tag and use only the tags and filters of the templates page; includes, capture and raw output are not among them',
    };
  }
}

function variableProblem(template: DocumentTemplate, variable: Variable): Problem | null {
  const [root, name, ...rest] = variable.segments;
  const known = namesOf(template, String(root));
  const path = place(variable.location.row, variable.location.col);
  const written = String(variable);
  if (!known) {
    const hint = 'A template reads row, slots, locked, brand and batch';
    return { path, code: 'template.unknownVariable', message: `There is no “${written}”`, hint };
  }
  if (name === undefined || typeof name === 'object') {
    const hint = `Name it: ${String(root)}.${known[0] ?? '…'}`;
    return { path, code: 'template.dynamicVariable', message: `“${written}” names no single value`, hint };
  }
  if (!known.includes(String(name))) {
    const hint = root === 'row' ? 'Add the column to the template’s columns' : `Known are: ${known.join(', ')}`;
    return { path, code: 'template.unknownVariable', message: `There is no “${written}”`, hint };
  }
  const isPlain = rest.every((part) => typeof part === 'number' || builtIn.includes(String(part)));
  if (isPlain) return null;
  return {
    path,
    code: 'template.unknownVariable',
    message: `“${written}” has no such part`,
    hint: 'Values are texts and lists',
  };
}

function namesOf(template: DocumentTemplate, root: string): string[] | null {
  switch (root) {
    case 'row':
      return Object.keys(template.columns);
    case 'slots':
      return Object.keys(template.slots);
    case 'locked':
      return Object.keys(template.locked);
    case 'brand':
      return brandNames;
    case 'batch':
      return batchNames;
    default:
      return null;
  }
}

function unusedSlots(template: DocumentTemplate, variables: Variable[]): Problem[] {
  const used = new Set(variables.filter(({ segments }) => segments[0] === 'slots').map(({ segments }) => segments[1]));
  return Object.keys(template.slots)
    .filter((slot) => !used.has(slot))
    .map((slot) => ({
      path: `template.slots.${slot}`,
      code: 'template.unusedSlot',
      message: `The model would write “${slot}”, and no document shows it`,
      hint: `Put {{ slots.${slot} }} into the body or delete the slot`,
    }));
}

function mentionProblems(template: DocumentTemplate): Problem[] {
  return Object.entries(template.slots).flatMap(([slot, spec]) =>
    spec.mentions.flatMap((column, index) => {
      const path = `template.slots.${slot}.mentions[${index}]`;
      const found = own(template.columns, column);
      if (!found) {
        const message = `There is no column “${column}” to mention`;
        return [{ path, code: 'template.unknownVariable', message, hint: 'Add the column or drop the mention' }];
      }
      if (found.prompt) return [];
      const message = `“${column}” must be mentioned, but the model may not see it`;
      return [
        {
          path,
          code: 'template.hiddenMention',
          message,
          hint: 'Let the column into the prompt or write it in the body',
        },
      ];
    }),
  );
}

function place(line: number, column: number): string {
  return `template.body[${line}:${column}]`;
}
