import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The text of a setting that is PEM itself (its line ends may be written `\n`) or the path of a file with it. @throws Error if it cannot be read */
export function readPem(setting: string): string {
  return setting.includes('-----BEGIN ') ? setting.replaceAll('\\n', '\n') : readFileSync(setting, 'utf8');
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

/** The setting of one certificate or several: empty, or what `readCertificates` reads, with none that has ended. */
export function certificateSetting(meaning: string) {
  return pemSetting(meaning, (setting) => {
    for (const certificate of readCertificates(setting)) {
      const subject = certificate.subject.replaceAll('\n', ', ');
      if (certificate.validToDate.getTime() < Date.now())
        throw new Error(`the certificate of ${subject} ended on ${certificate.validTo}: put a new one there`);
      if (certificate.validFromDate.getTime() > Date.now())
        throw new Error(`the certificate of ${subject} begins on ${certificate.validFrom} only: is this clock right?`);
    }
  });
}

/** The setting of a private key: empty, or what `readPrivateKey` reads. */
export function privateKeySetting(meaning: string) {
  return pemSetting(meaning, readPrivateKey);
}

/** What is wrong with a certificate and its key together, `name` and `keyName` being their settings; null where nothing is. */
export function pairProblem(pair: { cert: string; key: string; name: string; keyName: string }): string | null {
  const { cert, key, name, keyName } = pair;
  if (cert === '' && key === '') return null;
  if (key === '') return `${keyName}: is missing, and ${name} is of no use without it`;
  if (cert === '') return `${name}: is missing, and ${keyName} is of no use without it`;
  const isPair = readCertificates(cert)[0]?.checkPrivateKey(readPrivateKey(key)) ?? false;
  return isPair ? null : `${keyName}: is not the key of the certificate in ${name}`;
}

function pemSetting(meaning: string, read: (setting: string) => unknown) {
  return z
    .string()
    .default('')
    .superRefine((setting, context) => {
      try {
        if (setting !== '') read(setting);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      }
    })
    .describe(`${meaning}: a file, or the PEM itself`);
}
