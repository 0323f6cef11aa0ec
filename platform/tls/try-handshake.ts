import { connect, type ConnectionOptions } from 'node:tls';
import { EndedAfterHandshake } from './tls-failure.ts';

/**
 * Connects over TLS to a server that speaks first, as one of HTTP/2 does, since a server of TLS 1.3 refuses a client's certificate only after
 * the client has seen the handshake end.
 * @returns whether the handshake went well, and the error after which nothing came; that is null once the server has spoken, and where
 * it is silent for `limitMs`
 */
export function tryHandshake(
  options: ConnectionOptions,
  limitMs: number,
): Promise<{ isSecure: boolean; error: Error | null }> {
  return new Promise((resolve) => {
    let isSecure = false;
    const socket = connect(options);
    const end = (error: Error | null): void => {
      resolve({ isSecure, error });
      socket.destroy();
    };
    socket.setTimeout(limitMs, () => end(null));
    socket.once('secureConnect', () => {
      isSecure = true;
    });
    socket.once('data', () => end(null));
    socket.on('error', end);
    socket.once('close', () => end(isSecure ? new EndedAfterHandshake() : null));
  });
}
