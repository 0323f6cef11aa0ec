import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate and its key, as PEM. */
export type Certificate = { certPem: string; keyPem: string };

/** An authority of a test: who trusts `certPem` trusts what it issues. */
export type Authority = Certificate & {
  /** A certificate for a host name or an IPv4 address, as a server and as a client; valid for a day, unless it ended yesterday. */
  issue(name: string, options?: { isExpired?: boolean }): Certificate;
};

const dayMs = 86_400_000;

/** Makes an authority with a key of its own: just enough DER (X.690, RFC 5280) for tests without openssl. */
export function createAuthority(name = 'An authority of tests'): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name, key: own.privateKey };
  return {
    certPem: certificate({ name, publicKey: own.publicKey, issuer, extensions: [isAuthority] }),
    keyPem: pemOf(own.privateKey),
    issue(subject, { isExpired = false } = {}) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const extensions = [alternativeName(subject)];
      const lagMs = isExpired ? 2 * dayMs : 0;
      return {
        certPem: certificate({ name: subject, publicKey, issuer, extensions, lagMs }),
        keyPem: pemOf(privateKey),
      };
    },
  };
}

function certificate(parts: {
  name: string;
  publicKey: KeyObject;
  issuer: { name: string; key: KeyObject };
  extensions: Buffer[];
  lagMs?: number;
}): string {
  const fromMs = Date.now() - dayMs - (parts.lagMs ?? 0);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName(parts.issuer.name),
    sequence(time(fromMs), time(fromMs + 2 * dayMs)),
    commonName(parts.name),
    parts.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...parts.extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, parts.issuer.key));
  const base64 = sequence(body, ecdsaWithSha256, signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function time(atMs: number): Buffer {
  const text = new Date(atMs).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '');
  return der(0x17, Buffer.from(`${text}Z`));
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
}

function alternativeName(name: string): Buffer {
  const isAddress = /^\d+(\.\d+){3}$/.test(name);
  const entry = isAddress ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name));
  return sequence(oid('551d11'), der(0x04, sequence(entry)));
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const isAuthority = sequence(
  oid('551d13'),
  der(0x01, Buffer.from([0xff])),
  der(0x04, sequence(der(0x01, Buffer.from([0xff])))),
);
