/** The names of the settings that can mend a failed handshake; `serverName` and `ca` where the service has one. */
export type TlsSettings = { ca?: string; cert: string; serverName?: string };

/** The other side ended the connection as soon as it knew this one, and said nothing. */
export class EndedAfterHandshake extends Error {}

const untrusted = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
]);
/** What OpenSSL says where the other side speaks, but no TLS. */
const noTls = /^(wrong version number|packet length too long|unknown protocol|record layer failure)$/;
/** What the other side says of a certificate that it misses or does not take. */
const refusal = /alert (.*certificate.*|unknown ca|access denied|handshake failure)$/;

/**
 * What an error says of a handshake that cannot go well as things are, and which setting mends it: the end of a sentence about the
 * server. Null where it says nothing of the kind, as of a server that is away.
 */
export function tlsFailure(error: unknown, settings: TlsSettings): string | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error ? String(error.code) : '';
  if (untrusted.has(code))
    return `no authority that this machine trusts vouches for its certificate (${code}): ${settings.ca === undefined ? 'it needs one of a public authority' : `name its authority in ${settings.ca}`}`;
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has ended: renew it there';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate does not hold yet: is the clock of this machine right?';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const hint =
      settings.serverName && `: if it is the right server, put a name of its certificate in ${settings.serverName}`;
    return `its certificate has another name (${error.message})${hint ?? ''}`;
  }
  if (error instanceof EndedAfterHandshake)
    return `it ends the connection right after the handshake: does it take the certificate of this client? See ${settings.cert}`;
  const words = opensslReason(error);
  const alert = refusal.exec(words)?.[1];
  if (alert !== undefined)
    return `it misses a certificate of this client or does not take it (${alert}): see ${settings.cert}`;
  return noTls.test(words) ? 'it speaks no TLS at this port' : null;
}

/** OpenSSL's own words, which Node passes on between the place in its library and the place in its sources. */
function opensslReason({ message }: Error): string {
  return /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? '';
}
