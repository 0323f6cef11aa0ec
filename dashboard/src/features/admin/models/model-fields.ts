import type { Model, ModelChange } from '../../../../../contracts/models/models-api.schema.ts';

/** What a form holds of a model, as it is typed; an empty text is what is not given. */
export type ModelValues = Readonly<Record<FieldName, string>> & {
  readonly price: PriceChoice;
  readonly isKeyless: boolean;
};

/** How a price is given: as it ships for a model of that name, not at all, or in numbers. */
export const priceChoices = ['shipped', 'free', 'unknown', 'given'] as const;
/** How a price is given. */
export type PriceChoice = (typeof priceChoices)[number];

const texts = ['url', 'apiKey', 'model', 'effort', 'output', 'limit'] as const;
const numbers = ['context', 'maxOutput', 'thinking'] as const;
const prices = ['input', 'cachedInput', 'outputPrice', 'date'] as const;
/** A field that is typed or chosen. */
export type FieldName = (typeof texts)[number] | (typeof numbers)[number] | (typeof prices)[number];

/** What a form begins with: the model as it is, or an empty one priced `today`. Its key is never among it. */
export function valuesOf(own: Model['own'], today: string): ModelValues {
  const { price, ...facts } = own?.facts ?? { url: '' };
  const given = typeof price === 'object' ? price : null;
  const text = (value: string | number | undefined): string => (value === undefined ? '' : String(value));
  return {
    url: facts.url,
    apiKey: '',
    isKeyless: own !== null && own.keyEndsWith === null,
    model: text(facts.model),
    effort: text(facts.effort),
    output: text(facts.output),
    limit: text(facts.limit),
    context: text(facts.context),
    maxOutput: text(facts.maxOutput),
    thinking: text(facts.thinking),
    price: given ? 'given' : price === 'free' || price === 'unknown' ? price : 'shipped',
    input: text(given?.input),
    cachedInput: text(given?.cachedInput),
    outputPrice: text(given?.output),
    date: given?.date ?? today,
  };
}

/** The change that a form asks for. The server reads it by its schema and says which part it does not take. */
export function changeOf(values: ModelValues): ModelChange {
  const number = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text));
  const { apiKey, isKeyless } = values;
  const key = isKeyless ? { apiKey: null } : apiKey.trim() === '' ? {} : { apiKey: apiKey.trim() };
  const change: Record<string, unknown> = { url: values.url.trim(), ...key };
  for (const name of ['model', 'effort', 'output', 'limit'] as const) change[name] = values[name].trim() || undefined;
  for (const name of numbers) change[name] = number(values[name]);
  if (values.price === 'given')
    change['price'] = {
      input: number(values.input),
      cachedInput: number(values.cachedInput),
      output: number(values.outputPrice),
      date: values.date,
    };
  else if (values.price !== 'shipped') change['price'] = values.price;
  // Its parts are what was typed: JSON leaves out what is undefined, and the schema of the route reads the rest.
  return change as ModelChange;
}
