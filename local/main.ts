import { z } from 'zod';
import { startDoubles } from './control/doubles.ts';

/**
 * The doubles as one process: reads ports and home from the environment, prints one JSON line with the ports once all of them
 * answer, and ends on SIGTERM or SIGINT, or when its standard input closes and DOUBLES_GUARD is 1.
 */
const port = z.coerce.number().int().min(0).max(65_535).default(0);
const Environment = z.object({
  DOUBLES_CONTROL_PORT: port,
  SMTP_PORT: port,
  LLM_PORT: port,
  CRM_PORT: port,
  PAYMENT_PORT: port,
  DOUBLES_HOME: z.string().optional(),
  PAYMENT_WEBHOOK_URL: z.url().optional(),
  STRIPE_WEBHOOK_SECRET: z.string().optional(),
  DOUBLES_GUARD: z.string().optional(),
});

const environment = Environment.safeParse(process.env);
if (!environment.success) {
  console.error(z.prettifyError(environment.error));
  process.exit(1);
}
const env = environment.data;
const doubles = await startDoubles({
  ports: {
    control: env.DOUBLES_CONTROL_PORT,
    smtp: env.SMTP_PORT,
    llm: env.LLM_PORT,
    crm: env.CRM_PORT,
    payment: env.PAYMENT_PORT,
  },
  ...(env.DOUBLES_HOME === undefined ? {} : { home: env.DOUBLES_HOME }),
  ...(env.PAYMENT_WEBHOOK_URL === undefined || env.STRIPE_WEBHOOK_SECRET === undefined
    ? {}
    : { webhook: { url: env.PAYMENT_WEBHOOK_URL, secret: env.STRIPE_WEBHOOK_SECRET } }),
});
console.log(JSON.stringify({ ready: true, ports: doubles.ports }));

let isEnding = false;
const end = (): void => {
  if (isEnding) return;
  isEnding = true;
  void doubles.stop().then(() => process.exit(0));
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
if (env.DOUBLES_GUARD === '1') process.stdin.on('end', end).resume();
