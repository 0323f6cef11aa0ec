import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Model } from '../../../../../contracts/models/models-api.schema.ts';
import type { PriceChoice } from './model-fields.ts';

/** Where a model is known from. */
export const sourceWords: Readonly<Record<Model['source'], MessageDescriptor>> = {
  workspace: msg`Your own`,
  settings: msg`The installation’s settings`,
  shipped: msg`Ships with Throughline`,
};

/** The ways of a price. */
export const priceWords: Readonly<Record<PriceChoice, MessageDescriptor>> = {
  shipped: msg`As it ships for the model of that name`,
  free: msg`Free: a server of your own`,
  unknown: msg`Not known`,
  given: msg`These prices`,
};

/** Who sells models that ship, by the word of the API. */
export const vendorNames: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  gemini: 'Google',
  mistral: 'Mistral',
};
