import { createSocket, type Socket } from 'node:dgram';
import { isPortFree } from '../../local/ports.ts';

/** A range below 32,768, where the kernel's own choices for outgoing connections begin, for each worker of Vitest. */
const firstPort = 20_000;
const portsOfWorker = 500;
const reservations: Socket[] = [];

/**
 * A port for a program that cannot be started on port 0, such as Postgres, or whose address others must know before it listens. It
 * belongs to this process until its end: another test run on this machine is not given it either.
 * @throws Error naming `what` it is for, when this worker's whole range is occupied
 */
export async function testPort(what: string): Promise<number> {
  // Outside a worker (the global set-up, `keep.ts`) there is no id.
  const from = firstPort + portsOfWorker * Number(process.env['VITEST_POOL_ID'] ?? 0);
  for (let port = from; port < from + portsOfWorker; port += 1) {
    if ((await isPortFree(port)) && (await reserve(port))) return port;
  }
  throw new Error(`No free port for ${what} between ${from} and ${from + portsOfWorker - 1}`);
}

/** The UDP socket of the same number is the reservation: it excludes others, leaves TCP free, and ends with this process. */
function reserve(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.unref();
      reservations.push(socket);
      resolve(true);
    });
  });
}
