/**
 * The envelope of a built mail with the address that it comes back to: `pattern` is the setting MAIL_RETURN_PATH, in which the mail's own id takes
 * the place of a `*`. A mail without an id, and all without the setting, come back to their sender.
 */
export function withReturnPath<E extends { from: string }>(envelope: E, raw: Buffer, pattern: string): E {
  const head = raw.subarray(0, raw.indexOf('\r\n\r\n') + 2).toString('latin1');
  const id = /^X-Throughline-Mail:\s+([0-9a-f]+)\r$/m.exec(head)?.[1];
  return pattern === '' || id === undefined ? envelope : { ...envelope, from: pattern.replace('*', id) };
}
