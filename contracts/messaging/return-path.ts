/** Of what stands before the @ with its *: SMTP takes 64 characters (RFC 5321), and an id has 56. */
const longestLocalPart = 9;
const longest = 254;
const part = String.raw`[^\s\p{Cc}"<>(),:;\\[\]@*]+`;
const shape = new RegExp(`^${part}\\*?@${part}$`, 'u');

/** What is wrong with an address that mails come back to, in which a `*` gives its place to a mail's id; null where nothing is. */
export function returnPathFault(text: string): string | null {
  if (!shape.test(text) || text.length > longest)
    return 'give an address such as bounces@example.com, or bounces+*@example.com';
  if (text.includes('*') && text.indexOf('@') > longestLocalPart)
    return 'has no room for the id of a mail: 8 characters may stand before *';
  return null;
}
