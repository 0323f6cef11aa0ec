import type { JsonObject } from '../../../contracts/core/json.ts';
import type { JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';
import type { MessageTemplate } from '../../../contracts/journeys/templates-api.schema.ts';
import { type Facts, ValuesTooLarge } from '../../conditions/values.ts';
import { type RenderedMessage, renderMessage, sourceOf, TemplateError } from '../../messaging/render-message.ts';
import { kindOf } from '../nodes/node-kinds.ts';
import { type Draft, fill, madeUp, sampleVariablesOf, unknownWord } from './sample-variables.ts';

/** For whom a step's mail is shown: the facts of a real person, null for a made-up one, and the zone in which instants are written (IANA). */
type Reader = { contact: JsonObject | null; zone: string };

/**
 * The mail of a step before anybody has come to it: what a run alone knows (the event that let the person in, what earlier steps found out) is
 * `…`. `stored` is the message that the step names. Null for a step that writes none.
 * @throws TemplateError where no run could make it for this person either
 */
export function sampleMailOf(
  node: JourneyNode,
  stored: MessageTemplate | undefined,
  { contact, zone }: Reader,
): RenderedMessage | null {
  try {
    const mail = kindOf(node).compose(node, sampleFactsOf(node, contact));
    if (mail === null) return null;
    const source = sourceOf(mail, stored);
    const { subject, markdown } = source;
    const read = { subject: typeof subject === 'string' ? subject : null, markdown };
    const known = Object.entries(mail.variables).filter(([, value]) => value !== unknownWord);
    const variables = { ...sampleVariablesOf(read, contact), ...Object.fromEntries(known) };
    return renderMessage(source, variables, null, zone);
  } catch (error) {
    if (error instanceof ValuesTooLarge) throw new TemplateError(error.message);
    throw error;
  }
}

/** What the step takes from its run: `…` where only a run has it, and where a made-up person has no word for it. */
function sampleFactsOf(node: JourneyNode, contact: JsonObject | null): Facts {
  const person: Draft = { ...(contact ?? madeUp) };
  const properties: Draft = {};
  const outputs: Draft = {};
  for (const { reference } of kindOf(node).uses(node)) {
    if (reference.from === 'entry') fill(properties, reference.path);
    if (reference.from === 'output') fill(outputs, [reference.step ?? '', ...reference.path]);
    if (reference.from === 'contact' && contact === null) fill(person, reference.path);
  }
  return {
    contact: person as JsonObject,
    entry: { key: unknownWord, properties: properties as JsonObject },
    outputs: outputs as Facts['outputs'],
  };
}
