import { describe, expect, it } from 'vitest';
import { readSettings } from '../../platform/config.ts';
import { sendersOf } from './senders.ts';
import { messagingSettings } from './settings.ts';

const read = (given: Record<string, string>): unknown => sendersOf(readSettings(messagingSettings, given));
const house = { name: 'House', address: 'house@example.com' };
const MAIL_FROM = 'House <house@example.com>';

describe('the senders of the settings', () => {
  it.each([
    ['', [house]],
    ['help@example.com', [house, { address: 'help@example.com' }]],
    [
      '"Music, School of" <music@example.com>, Ana <ana@example.com>,',
      [house, { name: 'Music, School of', address: 'music@example.com' }, { name: 'Ana', address: 'ana@example.com' }],
    ],
  ])('are read with their names and commas: %s', (MAIL_SENDERS, senders) => {
    expect(read({ MAIL_FROM, MAIL_SENDERS })).toEqual(senders);
  });

  it('have the domains of the DNS, in which Message-IDs, envelopes and signatures are written (MimeKit#1254)', () => {
    const senders = [
      { name: 'Öffentlich', address: 'hallo@xn--mller-kva.de' },
      { address: 'ana@xn--bcher-kva.example' },
    ];
    expect(read({ MAIL_FROM: 'Öffentlich <hallo@müller.de>', MAIL_SENDERS: 'ana@bücher.example' })).toEqual(senders);
  });

  it.each(['help', 'help@example.com, nobody', 'Ana <ana@>'])('are refused at start: %s', (MAIL_SENDERS) => {
    expect(() => read({ MAIL_FROM, MAIL_SENDERS })).toThrow(/MAIL_SENDERS: .* is no address/);
  });
});
