import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { DocumentDetail, NewDraft } from '../../../../../contracts/documents/batches-api.schema.ts';
import { askForDraft, dropDraft } from '../../../api/batches.ts';

/** What a reviewer wants of a text: their own words for its slots, or a note for the model. */
export type Change =
  { kind: 'edited'; answers: NonNullable<DocumentDetail['answers']> } | { kind: 'regenerated'; note: string };

/**
 * The way of a changed text to the server, on what was there when the reviewer began, whatever has come of it meanwhile; a try that had no answer is
 * sent as the same.
 */
export function useRedraft(document: Pick<DocumentDetail, 'id' | 'contentHash' | 'decision'>) {
  const [{ id, contentHash, decision: expectedDecision }] = useState(document);
  const onSettled = useDocumentsAnew();
  const once = useRef(crypto.randomUUID());
  return useMutation({
    mutationFn: (change: Change) => {
      const draft: NewDraft = { ...change, expectedHash: contentHash ?? '', expectedDecision };
      return askForDraft(id, draft, once.current);
    },
    onError: () => (once.current = crypto.randomUUID()),
    onSettled,
  });
}

/** Takes back a text that is not made yet. */
export function useDropDraft(id: string) {
  return useMutation({ mutationFn: () => dropDraft(id), onSettled: useDocumentsAnew() });
}

function useDocumentsAnew(): () => Promise<void> {
  const client = useQueryClient();
  return () =>
    client.invalidateQueries({ predicate: ({ queryKey }) => /^\/v1\/(documents|batches)/.test(String(queryKey[0])) });
}
