import { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import { BatchOptions, type DocumentFormat } from '../../../contracts/documents/batch.schema.ts';

/** A letter with one passage by the model, as both sides of the bench make it. */
export const letter = DocumentTemplate.parse({
  name: 'Renewal letter',
  columns: { policy: { identifying: true }, first_name: {}, premium: { type: 'money' } },
  slots: { intro: { instruction: 'Thank the reader for their trust.', minWords: 3, maxWords: 120 } },
  locked: { terms: 'The terms of the policy apply unchanged.' },
  body: '# Your renewal\n\nDear {{ row.first_name }},\n\n{{ slots.intro }}\n\nYour premium is {{ row.premium }} euros.\n\n{{ locked.terms }}\n',
});

/** The options of a batch without a review: what is flagged is withheld, and no person is waited for. */
export function optionsOf(window: number, formats: DocumentFormat[] = ['html']): BatchOptions {
  return BatchOptions.parse({
    name: 'Bench',
    brief: 'Tell customers that their policy is renewed.',
    template: letter,
    brand: { name: 'Acme' },
    columns: { key: 'policy' },
    model: 'stub-small',
    budgetMicros: 1_000_000_000,
    window,
    review: 'none',
    formats,
    repairs: 0,
  });
}

/** The values of row `at`. */
export function valuesOf(at: number): Record<string, string> {
  return { policy: `P-${10_000 + at}`, first_name: `Ana${at}`, premium: `${100 + (at % 300)}.50` };
}

/** The rows as a file. */
export function csvOf(count: number): string {
  const lines = Array.from({ length: count }, (_, at) => Object.values(valuesOf(at)).join(','));
  return `policy,first_name,premium\n${lines.join('\n')}\n`;
}
