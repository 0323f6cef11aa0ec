import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DocumentDecision, DocumentDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { decideDocument, documentQuery } from '../../../api/batches.ts';

/**
 * The way of a decision about a document to the server, on what was seen of it; null takes one back. `onDone` comes though the page
 * has gone on to another document by news of this very decision.
 */
export function useDecideDocument(onDone: (decision: Decided['decision']) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ document: { id, contentHash, decision: expectedDecision }, decision }: Decided) =>
      decideDocument(id, { decision, expectedHash: contentHash ?? '', expectedDecision }),
    async onSuccess(answer, { decision }) {
      // What was asked before the decision must not come after it: the next decision is about what is seen.
      const { queryKey } = documentQuery(answer.id);
      await client.cancelQueries({ queryKey });
      client.setQueryData(queryKey, (before) => before && { ...before, ...answer });
      onDone(decision);
    },
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => /^\/v1\/(documents|batches)/.test(String(queryKey[0])) }),
  });
}

type Decided = Pick<DocumentDecision, 'decision'> & {
  document: Pick<DocumentDetail, 'id' | 'contentHash' | 'decision'>;
};
