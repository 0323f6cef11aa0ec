import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Finds the addresses of a host. @throws Error where it has none */
export type Resolve = (host: string) => Promise<string[]>;

/** Where a workspace's own model may be: `hosts` are those of LLM_OWN_HOSTS, `resolve` is for tests. */
export type OwnHosts = { hosts: readonly string[]; resolve?: Resolve };

/**
 * What of IPv4 is no address of the internet: networks of one's own, this machine, links, tests, groups (IANA's special-purpose registry).
 * Of IPv6 the internet is 2000::/3 without documentation and what carries IPv4.
 */
const apart = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;
const notPublic = new BlockList();
for (const [network, bits] of apart) notPublic.addSubnet(network, bits, network.includes(':') ? 'ipv6' : 'ipv4');
const publicIpv6 = new BlockList();
publicIpv6.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the internet, where everybody may be asked. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !notPublic.check(address, 'ipv4');
  return publicIpv6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

/** Why an address that an admin of a workspace gives is refused, as far as it tells by itself; null where it is not. */
export function ownAddressFault(address: string, { hosts }: OwnHosts): string | null {
  const url = new URL(address);
  if (isListed(url, hosts)) return null;
  if (url.protocol !== 'https:') return 'is not https: the key and the prompts could be read on their way';
  return isInsideHost(url.hostname)
    ? 'is in a network of the installation’s own: its operator can allow it by LLM_OWN_HOSTS'
    : null;
}

/** Whether a host is in a network of the installation's own, as far as its name tells. */
export function isInsideHost(hostname: string): boolean {
  const host = bare(hostname);
  return isIP(host) === 0 ? /^[^.]+\.?$|\.(local|localhost|internal)\.?$/i.test(host) : !isPublicAddress(host);
}

/** Whether a host is this machine. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bare(hostname);
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Looks the host of an address up and gives the IP address to connect to: the name could mean another one by the time of a second look-up. Null where
 * the operator has allowed the host whatever it means. @throws OwnAddressError where it is in a network of the installation's own
 */
export async function publicAddressOf(url: URL, { hosts, resolve = resolveHost }: OwnHosts): Promise<string | null> {
  if (isListed(url, hosts)) return null;
  const address = await publicHostAddress(bare(url.hostname), resolve);
  if (address === null || url.protocol !== 'https:')
    throw new OwnAddressError(
      `${url.host} is in a network of the installation’s own: its operator can allow it by LLM_OWN_HOSTS.`,
    );
  return address;
}

/** The IP address of a host of the internet; null where it has none, or one of its addresses is of another network. @throws what the DNS says */
export async function publicHostAddress(host: string, resolve: Resolve = resolveHost): Promise<string | null> {
  const found = isIP(host) === 0 ? await resolve(host) : [host];
  return found.every(isPublicAddress) ? (found[0] ?? null) : null;
}

/** An address that a workspace has given and that is not to be asked. */
export class OwnAddressError extends Error {}

async function resolveHost(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function isListed({ protocol, hostname, port }: URL, hosts: readonly string[]): boolean {
  // An address leaves out the port that its scheme has anyway.
  const place = `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
  return hosts.some((each) => each === '*' || [place, hostname].includes(each.toLowerCase()));
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
