import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCrmDouble, type CrmDouble } from '../crm/crm-double.ts';
import { defaultLlmSettings } from '../llm/chat.schema.ts';
import { startLlmDouble, type LlmDouble } from '../llm/llm-double.ts';
import { startMailDouble } from '../mail/mail-double.ts';
import { startPaymentDouble, type PaymentDouble } from '../payment/payment-double.ts';
import { createDoublesClient, type DoublesClient } from './client.ts';
import { startControlServer } from './control-server.ts';
import { createFaults, type Faults } from './faults.ts';
import { openJournal, type Journal, type ServiceName } from './journal.ts';

/** The ports of all doubles of a process. */
export interface DoublesPorts {
  control: number;
  smtp: number;
  llm: number;
  crm: number;
  payment: number;
}

/** Running doubles. Inside the same process `faults`, `journals`, `crm.store` and the others may be used directly. */
export interface Doubles {
  ports: DoublesPorts;
  urls: { control: string; smtp: string; llm: string; crm: string; payment: string };
  control: DoublesClient;
  faults: Faults;
  journals: Record<ServiceName, Journal>;
  llm: LlmDouble;
  crm: CrmDouble;
  payment: PaymentDouble;
  /** Closes every port and connection. A home made for this run alone is deleted. */
  stop(): Promise<void>;
}

/**
 * Starts all doubles on loopback. A port that is left out or 0 is a free one. `home` keeps journals and stored objects over
 * restarts; without it they live in a temporary folder. `webhook` is where the payment double sends its events.
 */
export async function startDoubles(
  options: { ports?: Partial<DoublesPorts>; home?: string; webhook?: { url: string; secret: string } } = {},
): Promise<Doubles> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'throughline-doubles-'));
  const ports = { control: 0, smtp: 0, llm: 0, crm: 0, payment: 0, ...options.ports };
  const faults = createFaults();
  const journals: Record<ServiceName, Journal> = {
    mail: openJournal({ home, service: 'mail' }),
    llm: openJournal({ home, service: 'llm' }),
    crm: openJournal({ home, service: 'crm' }),
    payment: openJournal({ home, service: 'payment' }),
  };
  const mail = await startMailDouble({ port: ports.smtp, faults, journal: journals.mail });
  const llm = await startLlmDouble({ port: ports.llm, faults, journal: journals.llm });
  const crm = await startCrmDouble({ port: ports.crm, home, faults, journal: journals.crm });
  const payment = await startPaymentDouble({
    port: ports.payment,
    home,
    faults,
    journal: journals.payment,
    webhook: options.webhook,
  });
  const reset = async (): Promise<void> => {
    faults.clear();
    llm.configure(defaultLlmSettings);
    crm.store.clear();
    await payment.clear();
    for (const journal of Object.values(journals)) journal.clear();
  };
  const control = await startControlServer({ port: ports.control, parts: { faults, journals, llm, payment, reset } });
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    ports: { control: control.port, smtp: mail.port, llm: llm.port, crm: crm.port, payment: payment.port },
    urls: {
      control: url(control.port),
      smtp: `smtp://127.0.0.1:${mail.port}`,
      llm: `${url(llm.port)}/v1`,
      crm: url(crm.port),
      payment: url(payment.port),
    },
    control: createDoublesClient(url(control.port)),
    faults,
    journals,
    llm,
    crm,
    payment,
    async stop() {
      await Promise.all([mail, llm, crm, payment, control].map((server) => server.stop()));
      for (const journal of Object.values(journals)) journal.close();
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}
