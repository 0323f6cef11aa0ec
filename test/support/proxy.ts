import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/**
 * A way to a server that can be cut: `cut` drops every connection and refuses new ones, `mend` lets them through again; `dropAfter` drops all
 * connections once, when so many bytes more have come from the server.
 */
export type Proxy = { url: string; cut(): void; mend(): void; dropAfter(bytes: number): void; stop(): Promise<void> };

/** Opens a way to the server of `target`; `url` is `target` through it. */
export async function startProxy(target: string): Promise<Proxy> {
  const to = new URL(target);
  const sockets = new Set<Socket>();
  let isCut = false;
  let left = Infinity;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(to.port), to.hostname);
    far.on('data', ({ length }) => {
      left -= length;
      if (left > 0) return;
      left = Infinity;
      drop();
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.toString(),
    cut() {
      isCut = true;
      drop();
    },
    mend() {
      isCut = false;
    },
    dropAfter(bytes) {
      left = bytes;
    },
    async stop() {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
