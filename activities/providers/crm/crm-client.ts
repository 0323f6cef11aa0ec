import type { TokenSource } from '../../../platform/connections/token-source.ts';
import type { CrmValue } from './crm-values.ts';

/**
 * A customer database. Every call is keyed: repeated with the same external id or key it changes nothing more, also where an
 * earlier try got no answer.
 * @throws ProviderError on failure; there are no retries inside
 */
export interface CrmClient {
  /**
   * Creates the contact with this external id, or brings it up to date. `properties` have our names where `CrmConfig.fields` maps
   * them, else the CRM's own; what is not among them stays as it is there. Where the CRM knows the email already, that contact is taken over instead of a second one made.
   */
  upsertContact(input: {
    externalId: string;
    email: string | null;
    properties: Record<string, CrmValue>;
    idempotencyKey: string;
    signal?: AbortSignal;
  }): Promise<{ crmId: string; isNew: boolean }>;
  /** Puts a note on a contact (`crmContactId` as `upsertContact` returned it); the same key never makes a second one. */
  addNote(input: {
    crmContactId: string;
    text: string;
    /** When it happened, ISO 8601. */
    at: string;
    idempotencyKey: string;
    signal?: AbortSignal;
  }): Promise<{ crmId: string }>;
}

/** How to reach a CRM. */
export interface CrmConfig {
  baseUrl: string;
  /** A token, or a source of some; one that is refused (401) is renewed once. */
  token: string | TokenSource;
  timeoutMs: number;
  /** The property of the CRM that holds our external id; it must be unique there. */
  externalIdField?: string;
  /** The property of notes that holds our key; it must be unique there. */
  noteKeyField?: string;
  /** Our property names → the CRM's, in addition to the adapter's own. */
  fields?: Record<string, string>;
}
