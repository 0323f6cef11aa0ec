import { expect, it } from 'vitest';
import { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import { recipientOf } from './recipient.ts';

const { columns } = DocumentTemplate.shape;
const template = { columns: columns.parse({ policy: { identifying: true }, account: { identifying: true } }) };

it.each([
  ['a name', { policy: 'P-1', name: 'Ana Brandt', first_name: 'Ana' }, 'Ana Brandt'],
  ['a name in two columns', { policy: 'P-1', last_name: 'Brandt', first_name: 'Ana' }, 'Ana Brandt'],
  ['one part of a name', { policy: 'P-1', first_name: ' ', surname: 'Brandt' }, 'Brandt'],
  ['what belongs to one person', { policy: 'P-1', account: 'DE02' }, 'DE02'],
  ['the key alone', { policy: 'P-1', plan: 'pro' }, null],
  ['nothing any more, as it was erased', {}, null],
])('a row with %s says whom it is about (documents of a batch)', (_, values, recipient) =>
  expect(recipientOf({ key: 'P-1', values }, template)).toBe(recipient),
);
