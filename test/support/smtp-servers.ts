import { once } from 'node:events';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** Servers of the npm package smtp-server: a dialogue other than our own double's. */
export type SmtpServers = {
  /** Starts one on a free port of 127.0.0.1. @returns the port */
  start(options: SMTPServerOptions): Promise<number>;
  /** Stops all that were started. */
  stop(): Promise<void>;
};

/** Keeps the servers of one test file. */
export function createSmtpServers(): SmtpServers {
  const servers: SMTPServer[] = [];
  return {
    async start(options) {
      const server = new SMTPServer(options);
      server.on('error', () => undefined);
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server.server, 'listening');
      const address = server.server.address();
      if (address === null || typeof address === 'string') throw new Error('The server has no port');
      return address.port;
    },
    async stop() {
      for (const server of servers.splice(0)) await new Promise((resolve) => server.close(() => resolve(undefined)));
    },
  };
}
