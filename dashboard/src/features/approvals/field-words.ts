import type { I18n } from '@lingui/core';
import type { Gate } from '../../../../contracts/approvals/gates-api.schema.ts';
import { formatMinor } from '../../entities/money/money.tsx';

/** A number that an outcome asks for. */
export type Field = Gate['outcomes'][number]['fields'][number];

/** A field's value as people read it: `60`, and `€60.00` for an amount of money. */
export function fieldWords(i18n: I18n, { currency }: Field, value: number): string {
  return currency === undefined ? i18n.number(value) : formatMinor(i18n.locale, value, currency);
}
