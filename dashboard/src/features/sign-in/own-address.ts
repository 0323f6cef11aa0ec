/**
 * The whole address that a person is sent to after signing in: `next` where it is one of this site, else the first page. A path alone would
 * not do: a browser reads one that begins with two slashes, as `/.//host` comes to, as another host.
 */
export function ownAddress(next: string | undefined, origin: string): string {
  const home = `${origin}/`;
  if (next === undefined || !URL.canParse(next, origin)) return home;
  const url = new URL(next, origin);
  return url.origin === origin ? url.href : home;
}
