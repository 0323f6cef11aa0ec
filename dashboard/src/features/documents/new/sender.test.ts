import { describe, expect, it } from 'vitest';
import { senderFaults, senderField, senderIn, withSenderField } from './sender.ts';

describe('the sender of a batch, field by field (dashboard F13, new batch)', () => {
  it('keeps what no field shows, and leaves out what is emptied', () => {
    const named = withSenderField('{ "fonts": ["Inter"] }', 'name', 'Acme');
    expect(JSON.parse(named)).toEqual({ fonts: ['Inter'], name: 'Acme' });
    expect(JSON.parse(withSenderField(named, 'name', ''))).toEqual({ fonts: ['Inter'] });
    expect(senderField(named, 'name')).toBe('Acme');
    expect(senderField('no JSON', 'name')).toBe('');
  });

  it('has a line of the address for each line, without those that are empty', () => {
    const typed = withSenderField('{}', 'addressLines', 'Main St 1\n\n Springfield ');
    expect(senderField(typed, 'addressLines')).toBe('Main St 1\n\n Springfield ');
    expect(senderIn(typed)).toEqual({ addressLines: ['Main St 1', 'Springfield'] });
  });

  it('says which fields cannot stay', () => {
    const faults = senderFaults('{ "name": "", "website": "acme", "email": "a@", "colour": "red" }');
    expect(new Set(faults)).toEqual(new Set(['colour', 'email', 'website']));
    expect([...senderFaults('{ "name": "Acme", "website": "https://acme.test" }')]).toEqual([]);
  });
});
