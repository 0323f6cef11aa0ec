import { describe, expect, it } from 'vitest';
import { isPublicAddress, ownAddressFault, OwnAddressError, publicAddressOf } from './own-address.ts';

const none = { hosts: [] };

describe('the address of a model of a workspace’s own', () => {
  it.each([
    ['http://api.example.com/v1', 'not https'],
    ['https://127.0.0.1/v1', 'network'],
    ['https://2130706433/v1', 'network'],
    ['https://0x7f.1/v1', 'network'],
    ['https://169.254.169.254/latest', 'network'],
    ['https://[::1]/v1', 'network'],
    ['https://[::ffff:10.0.0.1]/v1', 'network'],
    ['https://[fd00::1]/v1', 'network'],
    ['https://localhost/v1', 'network'],
    ['https://metadata.google.internal/v1', 'network'],
    ['https://gpu-1/v1', 'network'],
  ])('is refused where it is given: %s', (address, words) => {
    expect(ownAddressFault(address, none)).toContain(words);
  });

  it('is any https address of the internet, and what the operator allows', () => {
    expect(ownAddressFault('https://api.openai.com/v1', none)).toBeNull();
    expect(ownAddressFault('https://8.8.8.8/v1', none)).toBeNull();
    for (const hosts of [['gpu-1:11434'], ['GPU-1'], ['*']])
      expect(ownAddressFault('http://gpu-1:11434/v1', { hosts })).toBeNull();
    expect(ownAddressFault('http://gpu-1:80/v1', { hosts: ['gpu-1:11434'] })).not.toBeNull();
    for (const [address, host] of [
      ['https://gpu-1/v1', 'gpu-1:443'],
      ['http://gpu-1:80/v1', 'gpu-1:80'],
    ] as const)
      expect(ownAddressFault(address, { hosts: [host] }), address).toBeNull();
    expect(ownAddressFault('http://gpu-1/v1', { hosts: ['gpu-1:443'] })).not.toBeNull();
  });

  it('is looked up before each connection: a name may mean an address of this network (DNS rebinding)', async () => {
    const named = (...found: string[]) => ({ hosts: [], resolve: () => Promise.resolve(found) });
    const url = new URL('https://model.example/v1');
    expect(await publicAddressOf(url, named('93.184.216.34'))).toBe('93.184.216.34');
    expect(await publicAddressOf(url, { ...named('10.0.0.1'), hosts: ['model.example'] })).toBeNull();
    for (const found of [['10.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::ffff:127.0.0.1'], []])
      await expect(publicAddressOf(url, named(...found)), String(found)).rejects.toThrow(OwnAddressError);
  });

  it('is of the internet or not by the ranges that are set apart', () => {
    for (const address of ['1.1.1.1', '172.32.0.1', '2606:4700::1111'])
      expect(isPublicAddress(address), address).toBe(true);
    for (const address of [
      '100.64.0.1',
      '172.31.255.255',
      '255.255.255.255',
      '2001:db8::1',
      '64:ff9b::a00:1',
      'fe80::1',
    ])
      expect(isPublicAddress(address), address).toBe(false);
  });
});
