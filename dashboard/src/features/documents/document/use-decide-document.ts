import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { DocumentDecision, DocumentDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { decideDocument } from '../../../api/batches.ts';

/** The way of a decision about a document to the server, on what was seen of it; null takes one back. */
export function useDecideDocument() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ document: { id, contentHash }, decision }: Decided) =>
      decideDocument(id, { decision, expectedHash: contentHash ?? '' }),
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => /^\/v1\/(documents|batches)/.test(String(queryKey[0])) }),
  });
}

type Decided = Pick<DocumentDecision, 'decision'> & { document: Pick<DocumentDetail, 'id' | 'contentHash'> };
