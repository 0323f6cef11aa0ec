import { describe, expect, it } from 'vitest';
import type { Contact } from '../../../../../contracts/contacts/contacts-api.schema.ts';
import { changeOf, newPersonDraft, personDraftOf, textRow, wrongRow } from './person-draft.ts';

const ana: Contact = {
  id: '01990000-0000-7000-8000-000000000000',
  externalId: 'c-1',
  name: 'Ana',
  email: 'ana@example.com',
  zone: null,
  consents: [],
  aliases: [],
  attributes: { firstName: 'Ana', visits: 3, isMember: false, tags: ['a', 'b'], plan: '7' },
  createdAt: '2026-11-30T10:00:00.000Z',
  updatedAt: '2026-11-30T10:00:00.000Z',
  rev: 1,
};

describe('a person who is edited', () => {
  it('comes out without a change where nothing was touched, each value of its kind', () => {
    expect(changeOf(personDraftOf(ana), ana)).toEqual({});
  });

  it('keeps an empty text, by which a mail knows that there is nothing to say', () => {
    const known = { ...ana, attributes: { suffix: '', plan: '7' } };
    expect(changeOf({ ...personDraftOf(known), zone: 'Europe/Vienna' }, known)).toEqual({ zone: 'Europe/Vienna' });
  });

  it('is written with what was changed alone', () => {
    const draft = personDraftOf(ana);
    const rows = draft.rows
      .filter(({ name }) => name !== 'tags')
      .map((row) => (row.name === 'visits' ? { ...row, value: '4' } : row))
      .concat({ ...textRow(''), name: 'city', value: 'Graz' }, textRow(''));
    expect(changeOf({ ...draft, email: '', zone: 'Europe/Vienna', rows }, ana)).toEqual({
      email: null,
      zone: 'Europe/Vienna',
      attributes: { visits: 4, tags: null, city: 'Graz' },
    });
  });

  it('is refused where a value is not of its kind or a name stands twice', () => {
    const draft = personDraftOf(ana);
    const wrong = (change: Partial<(typeof draft.rows)[number]>) =>
      wrongRow({ ...draft, rows: [...draft.rows, { ...textRow('x'), ...change }] })?.name ?? null;
    expect(wrong({})).toBe(null);
    expect(wrong({ kind: 'number', value: '1,5' })).toBe('x');
    expect(wrong({ kind: 'json', value: '{' })).toBe('x');
    expect(wrong({ name: 'plan' })).toBe('plan');
  });

  it('is new with a name', () => {
    const draft = newPersonDraft();
    expect(changeOf(draft, null)).toEqual({});
    const rows = draft.rows.map((row) => ({ ...row, value: row.name === 'firstName' ? 'Bo' : '' }));
    expect(changeOf({ ...draft, rows }, null)).toEqual({ attributes: { firstName: 'Bo' } });
  });
});
