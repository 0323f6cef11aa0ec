import { hash, verify } from '@node-rs/argon2';

/** Argon2id as OWASP's password storage sheet sets it: 19 MiB, two passes, one lane. */
const options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The hash of a random password, so that an unknown e-mail costs as much time as a wrong password. */
let decoy: Promise<string> | undefined;

/** The argon2id hash of a password. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, options);
}

/** Whether a password fits its hash; takes as long where there is no hash. */
export async function isPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= hash(crypto.randomUUID(), options);
  const fits = await verify(passwordHash ?? (await decoy), password);
  return passwordHash ? fits : false;
}
