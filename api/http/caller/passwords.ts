import { hash, verify } from '@node-rs/argon2';

/** Argon2id as OWASP's password storage sheet sets it: 19 MiB, two passes, one lane. */
const options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The hash of a random password, so that an unknown e-mail costs as much time as a wrong password. */
let decoy: Promise<string> | undefined;

/**
 * The argon2id hash of a password. Keyboards write the same letters by other code points (é as one or as two), so it is of their one form NFKC, as
 * NIST SP 800-63B has it.
 */
export function hashPassword(password: string): Promise<string> {
  return hash(oneForm(password), options);
}

/**
 * Whether a password fits its hash, which a release of before made of what was typed; takes as long where there is no hash.
 */
export async function isPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= hash(crypto.randomUUID(), options);
  const against = passwordHash ?? (await decoy);
  for (const form of new Set([oneForm(password), password]))
    if (await verify(against, form)) return Boolean(passwordHash);
  return false;
}

function oneForm(password: string): string {
  return password.normalize('NFKC');
}
