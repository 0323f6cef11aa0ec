import { describe, expect, it } from 'vitest';
import { mailboxFromText, smtpConfigFromUrl } from './smtp-url.ts';

describe('smtpConfigFromUrl', () => {
  it.each([
    ['smtp://127.0.0.1:1025', { host: '127.0.0.1', port: 1025, tls: 'none' }],
    ['smtp://[::1]:1025', { host: '::1', port: 1025, tls: 'none' }],
    ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, tls: 'starttls' }],
    [
      'smtps://us%40x.com:p%3Aw@mail.example.com',
      { host: 'mail.example.com', port: 465, tls: 'implicit', auth: { user: 'us@x.com', pass: 'p:w' } },
    ],
  ])('%s', (text, expected) => {
    expect(smtpConfigFromUrl(text)).toEqual(expected);
  });

  it.each(['http://mail.example.com', 'mail.example.com', ''])('refuses %s', (text) => {
    expect(() => smtpConfigFromUrl(text)).toThrow(/URL/);
  });
});

describe('mailboxFromText', () => {
  it.each([
    ['Throughline <hello@throughline.test>', { name: 'Throughline', address: 'hello@throughline.test' }],
    ['"Doe, Jane" <jane@example.com>', { name: 'Doe, Jane', address: 'jane@example.com' }],
    ['<jane@example.com>', { address: 'jane@example.com' }],
    [' jane@example.com ', { address: 'jane@example.com' }],
  ])('%s', (text, expected) => {
    expect(mailboxFromText(text)).toEqual(expected);
  });

  it.each(['Jane', 'Jane <jane>', ''])('refuses %s', (text) => {
    expect(() => mailboxFromText(text)).toThrow('sender');
  });
});
