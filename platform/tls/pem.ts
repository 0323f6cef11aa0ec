import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * The text of a setting that is PEM itself (its line ends may be written `\n`) or the path of a file with it.
 * @throws Error if it cannot be read; the setting is not in it, as it may be a key without the lines around it
 */
export function readPem(setting: string): string {
  if (setting.includes('-----BEGIN ')) return setting.replaceAll('\\n', '\n');
  try {
    return readFileSync(setting, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'not read';
    throw new Error(`it is neither a file that can be read (${code}) nor PEM, which begins with -----BEGIN`);
  }
}

/** The certificates of a setting, first its own, then those that lead to an authority. @throws Error if there is none, or one cannot be read */
export function readCertificates(setting: string): X509Certificate[] {
  const found = readPem(setting).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw new Error('there is no certificate in it');
  return found.map((pem) => new X509Certificate(pem));
}

/** The private key of a setting. @throws Error if there is none, or a passphrase seals it */
export function readPrivateKey(setting: string): KeyObject {
  const pem = readPem(setting);
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) throw new Error('there is no private key in it');
  if (/ENCRYPTED/.test(pem)) throw new Error('it is sealed with a passphrase: give the key without one');
  return createPrivateKey(pem);
}

/** The setting of authorities: empty, or certificates of which one holds at least. */
export function authoritySetting(meaning: string) {
  return pemSetting(meaning, checkAuthorities);
}

/** The setting of a certificate, with those after it that lead to its authority: empty, or one that holds. */
export function certificateSetting(meaning: string) {
  return pemSetting(meaning, checkCertificate);
}

/** The setting of a private key: empty, or what `readPrivateKey` reads. */
export function privateKeySetting(meaning: string) {
  return pemSetting(meaning, readPrivateKey);
}

/**
 * What is wrong with the authorities, the certificate and its key together, each with the name of its setting; null where nothing is.
 * An empty one is not given.
 */
export function tlsProblem(given: { ca: NamedPem; cert: NamedPem; key: NamedPem }): string | null {
  const { ca, cert, key } = given;
  const missing = [cert, key].find(({ setting }) => setting === '');
  const other = missing === cert ? key : cert;
  if (missing && other.setting !== '') return `${missing.name}: is missing, and ${other.name} is of no use without it`;
  const checks = [
    [ca, checkAuthorities],
    [cert, checkCertificate],
    [key, (setting: string) => checkPair(cert, setting)],
  ] as const;
  for (const [{ name, setting }, check] of checks) {
    try {
      if (setting !== '') check(setting);
    } catch (error) {
      return `${name}: ${reasonOf(error)}`;
    }
  }
  return null;
}

/** A setting with its name. */
export type NamedPem = { name: string; setting: string };

/** What is wrong with certificates of authorities, given as PEM; null where one holds at least. Looks into no file. */
export function authorityFault(pem: string): string | null {
  try {
    if (!pem.includes('-----BEGIN ')) throw new Error('there is no certificate in it');
    checkAuthorities(pem);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

function checkAuthorities(setting: string): void {
  const reasons = readCertificates(setting).map(whyNotHolding);
  const reason = reasons.every((why) => why !== null) ? reasons[0] : null;
  if (reason) throw new Error(reason);
}

function checkCertificate(setting: string): void {
  const reason = readCertificates(setting).slice(0, 1).map(whyNotHolding)[0];
  if (reason) throw new Error(reason);
}

function checkPair(cert: NamedPem, key: string): void {
  const privateKey = readPrivateKey(key);
  if (!readCertificates(cert.setting)[0]?.checkPrivateKey(privateKey))
    throw new Error(`is not the key of the certificate in ${cert.name}`);
}

function whyNotHolding(certificate: X509Certificate): string | null {
  const subject = certificate.subject.replaceAll('\n', ', ');
  if (certificate.validToDate.getTime() < Date.now())
    return `the certificate of ${subject} ended on ${certificate.validTo}: put a new one there`;
  if (certificate.validFromDate.getTime() > Date.now())
    return `the certificate of ${subject} begins on ${certificate.validFrom} only: is this clock right?`;
  return null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pemSetting(meaning: string, read: (setting: string) => unknown) {
  return z
    .string()
    .default('')
    .superRefine((setting, context) => {
      try {
        if (setting !== '') read(setting);
      } catch (error) {
        context.addIssue({ code: 'custom', message: reasonOf(error) });
      }
    })
    .describe(`${meaning}: a file, or the PEM itself`);
}
