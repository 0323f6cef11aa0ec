import { own } from '../../../contracts/core/json.ts';
import type { Finding } from '../../../contracts/documents/documents.ts';
import type { ColumnType } from '../../../contracts/documents/template.schema.ts';
import { slotPassages, type Check } from './check.ts';
import { agrees, findDates } from './facts/dates.ts';
import { findNumbers, sameNumber } from './facts/numbers.ts';
import { asciiDigits } from './facts/units.ts';

/** The columns that a slot must mention are mentioned, in any writing of the same date or amount. An empty cell is no fact. */
export const checkRequired: Check = ({ answers, template, row, language }) =>
  slotPassages(answers).flatMap(({ where, text }): Finding[] => {
    const mentions = template.slots[where.slice('slots.'.length)]?.mentions ?? [];
    return mentions.flatMap((column): Finding[] => {
      const value = own(row.values, column) ?? '';
      const type = own(template.columns, column)?.type ?? 'text';
      if (value === '' || mentioned({ text, value, type, language })) return [];
      return [
        {
          check: 'required',
          code: 'required.missing',
          severity: 'error',
          message: `${where} does not mention ${column} (“${value}”)`,
          evidence: null,
          repairHint: `${where} must mention ${column}, which is “${value}”.`,
        },
      ];
    });
  });

function mentioned(input: { text: string; value: string; type: ColumnType; language: string }): boolean {
  const { text, value, type, language } = input;
  if (squeeze(text).includes(squeeze(value))) return true;
  switch (type) {
    case 'number':
    case 'money':
      return findNumbers(value, language).every((wanted) =>
        findNumbers(asciiDigits(text), language).some((said) => sameNumber(said, wanted)),
      );
    case 'date':
      return findDates(value, language).every((wanted) =>
        findDates(asciiDigits(text), language).some(
          (said) => said.readings.some(({ day }) => day !== null) && agrees(said, wanted),
        ),
      );
    case 'text':
    case 'email':
    case 'url':
      return false;
  }
}

function squeeze(text: string): string {
  return text.toLowerCase().normalize('NFC').replaceAll(/\s+/g, ' ').trim();
}
