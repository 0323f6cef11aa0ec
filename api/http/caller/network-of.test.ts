import { describe, expect, it } from 'vitest';
import { networkOf } from './network-of.ts';

describe('whom an address belongs to', () => {
  it.each([
    ['IPv4', '203.0.113.5', '203.0.113.5'],
    ['IPv4 as a socket for both shows it', '::ffff:203.0.113.5', '203.0.113.5'],
    ['the same in hexadecimal', '::FFFF:cb00:7105', '203.0.113.5'],
    ['IPv6', '2001:db8:1:2ab::1', '2001:db8:1:200::/56'],
    ['a neighbour in its network', '2001:0db8:0001:02ff:ffff:ffff:ffff:ffff', '2001:db8:1:200::/56'],
    ['a stranger', '2001:db8:1:300::1', '2001:db8:1:300::/56'],
    ['this machine', '::1', '0:0:0:0::/56'],
    ['an address with a zone', 'fe80::1%eth0', 'fe80:0:0:0::/56'],
    ['no address', 'unknown', 'unknown'],
  ])('%s (express-rate-limit #502)', (_, address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
