import { useEffect, useState } from 'react';
import { type BatchDraft, keepDraft, loadDraft } from './draft.ts';

/**
 * The draft of this tab and how a part of it is changed. What else was typed or chosen stays, also when the change comes late:
 * from a file that was read, or from the server.
 */
export function useDraft(): { draft: BatchDraft; change: (part: Partial<BatchDraft>) => void } {
  const [draft, setDraft] = useState(loadDraft);
  useEffect(() => keepDraft(draft), [draft]);
  const change = (part: Partial<BatchDraft>): void => setDraft((held) => ({ ...held, ...part }));
  return { draft, change };
}
