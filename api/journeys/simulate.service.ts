import { Injectable } from '@nestjs/common';
import {
  type SimulationAnswer,
  SimulationRequest,
  SimulationTest,
} from '../../contracts/journeys/journeys-api.schema.ts';
import { SimulationScript } from '../../contracts/journeys/simulation.schema.ts';
import { journeyLimits } from '../../contracts/journeys/limits.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { TestMailAsked } from '../../contracts/messaging/test-mails-api.schema.ts';
import { simulateJourney } from '../../domain/journeys/simulation/simulate.ts';
import { contactFacts, findContact } from '../../platform/db/contacts/contacts.ts';
import { findWorkspace } from '../../platform/db/access/workspaces.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { invalid, notFound } from '../http/errors/app-error.ts';
import { type Principal, requireRight } from '../http/caller/principal.ts';
import { readBody, requireUsable } from '../http/request/raw-body.ts';
import { sendTest } from '../http/test-mail.ts';
import { Store } from '../http/store.ts';
import { requireJourney } from './find-journey.ts';
import { invalidJourney, requireBounded } from './invalid-journey.ts';
import { messagesOf } from './workspace-checks.ts';
import { validateJourney } from './validate-journey.ts';

/** Runs journeys on a virtual clock, with the interpreter that production uses. */
@Injectable()
export class SimulateService {
  constructor(private readonly store: Store) {}

  /** A definition with problems of its shape cannot run; with others it can, and shows what they lead to. */
  async simulate(caller: Principal, slug: string, body: unknown): Promise<SimulationAnswer> {
    requireUsable(body, journeyLimits.depth + 2);
    return this.run(caller, slug, readBody(SimulationRequest, body));
  }

  /** Simulates as `simulate`, and sends the mail of one step to the caller's own address as a test. @throws AppError 404 where it has none */
  async test(caller: Principal, slug: string, body: unknown): Promise<TestMailAsked> {
    requireUsable(body, journeyLimits.depth + 2);
    const { of, ...request } = readBody(SimulationTest, body);
    const { steps } = await this.run(caller, slug, request);
    const mail = steps.find(({ step, visit }) => step === of.step && visit === of.visit)?.mail;
    if (!mail) throw notFound('message');
    return this.store.inWorkspace(caller, async (tx) => {
      const { id } = await requireJourney(tx, caller, slug);
      return sendTest(tx, caller, mail, { subject: { kind: 'journey', id }, detail: { slug, step: of.step } });
    });
  }

  private async run(caller: Principal, slug: string, request: SimulationRequest): Promise<SimulationAnswer> {
    requireBounded(request.definition ?? {});
    const script = readBody(SimulationScript, request.script, 'script');
    const { definition, problems, contact, zone, templates } = await this.store.inWorkspace(caller, async (tx) => {
      const json = request.definition ?? (await requireJourney(tx, caller, slug)).draft;
      const validated = await validateJourney(tx, caller.workspaceId, slug, json);
      const facts = await this.contact(tx, caller, request);
      const workspace = await findWorkspace(tx, caller.workspaceId);
      const templates = await messagesOf(tx, caller.workspaceId, validated.definition);
      return { ...validated, contact: facts, zone: workspace?.zone ?? 'UTC', templates };
    });
    if (!definition) throw invalidJourney(problems);
    const { stepLimit } = request;
    const at = request.at ?? new Date().toISOString();
    const limit = stepLimit === undefined ? {} : { stepLimit };
    return simulateJourney(definition, { at, contact, workspaceZone: zone, script, templates, ...limit });
  }

  private async contact(tx: Tx, caller: Principal, request: SimulationRequest): Promise<JsonObject> {
    if (request.externalId === undefined) return (request.contact ?? {}) as JsonObject;
    requireRight(caller, 'contacts:read');
    const row = await findContact(tx, caller.workspaceId, request.externalId);
    if (row) return contactFacts(row);
    throw invalid('request.invalid', [
      { path: 'externalId', code: 'contact.notFound', message: 'there is no such contact here' },
    ]);
  }
}
