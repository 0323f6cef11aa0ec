import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { factOf, labelOf } from '../../../../domain/approvals/content-words.ts';
import { viewerZone } from '../../ui/time.tsx';

const id = /^[\da-f]{8}-[\da-f-]{27}$/;

/**
 * Whom an approval is about, by name where it is known, and the first of what it shows: words as they are, a number with its name.
 * Empty where it shows nothing that fits a line.
 */
export function aboutOf({ contactName, contact, content }: Pick<Gate, 'contactName' | 'contact' | 'content'>): string {
  const parts = [contactName ?? contact, firstWords(content) ?? firstNumber(content)];
  return parts.filter((part) => part !== null && part !== undefined).join(' · ');
}

function firstWords(content: Gate['content']): string | undefined {
  return Object.values(content).find(
    (value): value is string =>
      typeof value === 'string' && value.length > 12 && Number.isNaN(Date.parse(value)) && !id.test(value),
  );
}

function firstNumber(content: Gate['content']): string | undefined {
  return Object.entries(content).flatMap(([name, value]) => {
    if (typeof value !== 'number') return [];
    const fact = factOf({ ...content }, name, viewerZone);
    return fact === null ? [] : [`${labelOf(fact.label)}: ${fact.text}`];
  })[0];
}
