import type { Faults } from '../control/faults.ts';
import type { CrmFault } from '../control/faults.schema.ts';
import { startHttpServer, type DoubleReply, type DoubleRequest, type RunningServer } from '../control/http-server.ts';
import type { Journal } from '../control/journal.ts';
import { openCrmStore, type CrmStore } from './crm-store.ts';
import { answerHubspot, hubspotFailure, hubspotPartial } from './hubspot-routes.ts';
import { openCrmTokens, type CrmTokens } from './tokens.ts';
import { answerSalesforce, salesforceFailure } from './salesforce-routes.ts';

/** The CRM double. `store` is what the provider would hold, for tests and screens, `tokens` whom it lets in. */
export interface CrmDouble extends RunningServer {
  store: CrmStore;
  tokens: CrmTokens;
}

/**
 * Starts a server on loopback that speaks the parts of HubSpot's and Salesforce's API that the adapters use, on one set of
 * contacts each. A restart keeps them. The journal gets one entry for each write that was done, also when its answer was lost.
 */
export async function startCrmDouble(input: {
  port: number;
  home: string;
  faults: Faults;
  journal: Journal;
}): Promise<CrmDouble> {
  const { faults } = input;
  const store = openCrmStore({ home: input.home, journal: input.journal });

  const tokens = openCrmTokens(input.journal);

  async function handle(request: DoubleRequest): Promise<DoubleReply> {
    const isSalesforce = request.url.pathname.startsWith('/services/');
    const fail = isSalesforce ? salesforceFailure : hubspotFailure;
    const text = `${request.url.pathname} ${request.body}`;
    const take = (...names: CrmFault['fault'][]): CrmFault | undefined =>
      faults.take({ service: 'crm', text, accepts: (fault) => names.includes(fault.fault) });

    const isRevoked = take('revoked') !== undefined;
    const granted = tokens.answer(request, { isRevoked, rotates: take('rotates') !== undefined });
    if (granted !== undefined) return take('tokenLost') === undefined ? granted : { ...granted, misbehave: 'reset' };
    if (!tokens.isTaken(request.headers['authorization'])) return fail(401, undefined);
    const slow = take('slow');
    if (slow?.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, slow.delayMs));
    const before = take('status', 'hang', 'reset');
    if (before?.fault === 'status') return fail(before.status, before.retryAfterSeconds);
    if (before !== undefined) return { status: 200, misbehave: before.fault === 'hang' ? 'hang' : 'reset' };
    if (take('partial') !== undefined) return hubspotPartial();
    const reply = isSalesforce ? answerSalesforce(request, store) : answerHubspot(request, store);
    const after = take('timeoutAfterCommit', 'resetAfterCommit');
    if (after === undefined) return reply;
    return { ...reply, misbehave: after.fault === 'timeoutAfterCommit' ? 'hang' : 'reset' };
  }

  const server = await startHttpServer({ port: input.port, handle });
  return {
    port: server.port,
    store,
    tokens,
    stop: async () => {
      await server.stop();
      store.close();
    },
  };
}
