import { createSmtpPool } from '../../activities/providers/email/smtp/smtp-pool.ts';

/** Sends one mail to the server on the port that it is given, and prints what came of it: for tests that stop the process meanwhile. */
const sender = createSmtpPool({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  tls: 'none',
  socketTimeoutMs: 1_000,
  sendTimeoutMs: 4_000,
});
const outcome = await sender.send({
  envelope: { from: 'us@example.com', to: 'ana@example.com' },
  raw: Buffer.from('Subject: Hello\r\n\r\nDear Ana\r\n'),
  fence: () => Promise.resolve(true),
});
process.stdout.write(JSON.stringify(outcome));
await sender.close();
