import { isIPv6 } from 'node:net';

/** Bits of an IPv6 address that name one customer: providers give a household or a rented machine 56 to 64 of its own. */
const customerBits = 56;

/**
 * Whom an address belongs to, for counting: itself for IPv4, also where it comes in the clothes of IPv6 (`::ffff:203.0.113.5`); the /56 for
 * IPv6, because its customer has every address of it and may come from another one each time. What is no address is itself.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const network = groups.slice(0, 4).map((group, index) => group & (index < 3 ? 0xffff : 0xff00));
  return `${network.map((group) => group.toString(16)).join(':')}::/${customerBits}`;
}

/** The eight groups of an IPv6 address, from any of its spellings; a zone does not count. */
function groupsOf(address: string): number[] {
  const spelled = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [left = [], right = []] = spelled.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const missing = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...missing, ...right].map((group) => Number.parseInt(group, 16));
}
