import type { ActionParams } from '../../contracts/core/actions.ts';
import { claimDraft, releaseDraft, writeDraftCheckpoints } from '../../platform/db/documents/drafts.ts';
import {
  claimDocuments,
  releaseDocuments,
  writeCheckpoints,
  type BatchKey,
  type Checkpoint,
  type DocumentRow,
  type DocumentWork,
  type Written,
} from '../../platform/db/documents/documents.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

type ChunkAction = 'generateChunk' | 'renderChunk' | 'redraftDocument';

/**
 * How one kind of chunk takes its documents for an attempt, gives back what it has begun and not finished, and writes what it has done. What
 * another attempt has taken since is left alone.
 */
type Claims<Params> = {
  take(tx: Tx, batch: BatchKey, params: Params, claim: string): Promise<DocumentRow[]>;
  release(tx: Tx, batch: BatchKey, params: Params, claim: string): Promise<void>;
  write(tx: Tx, batch: BatchKey, params: Params, claim: string, checkpoints: Checkpoint[]): Promise<Written>;
};

/** The claims of each action that processes documents. */
export type ChunkClaims = { [N in ChunkAction]: Claims<ActionParams<N>> };

/** The claims of each action that processes documents. */
export const claims: ChunkClaims = {
  generateChunk: claimsOf('generated'),
  renderChunk: claimsOf('rendered'),
  redraftDocument: {
    take: claimDraft,
    release: releaseDraft,
    write: (tx, batch, { draft }, claim, checkpoints) => writeDraftCheckpoints(tx, batch, draft, claim, checkpoints),
  },
};

function claimsOf(work: DocumentWork): Claims<ActionParams<'generateChunk'>> {
  return {
    take: (tx, batch, range, claim) => claimDocuments(tx, batch, work, range, claim),
    release: (tx, batch, range, claim) => releaseDocuments(tx, batch, work, range, claim),
    write: (tx, batch, _range, claim, checkpoints) => writeCheckpoints(tx, batch, work, claim, checkpoints),
  };
}
