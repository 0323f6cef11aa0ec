import type { Gate } from '../../../../contracts/api/gates.schema.ts';

/** Whom an approval is about, by name where it is known; else the first words of what it shows. */
export function aboutOf({ contactName, contact, content }: Gate): string {
  const person = contactName ?? contact;
  const words = Object.values(content).find((value): value is string => typeof value === 'string' && value.length > 12);
  return [person, words].filter((part) => part !== null && part !== undefined).join(' · ') || '–';
}
