import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { batchRoutes } from '../../../../../contracts/documents/batches.routes.ts';
import { startBatch } from '../../../api/batches.ts';
import { noteLocalRow } from '../../../ui/table/local-rows.ts';
import { useLateNavigate } from '../../../ui/use-still-here.ts';
import type { CsvHead } from './csv-head.ts';
import { type BatchDraft, keepDraft, optionsOf } from './draft.ts';

/** Sends a draft with its file; then the batch is there and its estimate is made. Sent twice it is one batch. */
export function useStartBatch(draft: BatchDraft, file: File | null, head: CsvHead | null) {
  const client = useQueryClient();
  const navigate = useLateNavigate();
  const once = useRef(crypto.randomUUID());
  return useMutation({
    mutationFn: () => {
      const form = new FormData();
      form.append('options', new Blob([JSON.stringify(optionsOf(draft, head?.format))], { type: 'application/json' }));
      if (file) form.append('rows', file);
      return startBatch(form, once.current);
    },
    onSuccess: ({ id }) => {
      keepDraft(null);
      noteLocalRow(id);
      void client.invalidateQueries({ queryKey: [batchRoutes.list.path] });
      void navigate({ to: '/batches/$id', params: { id } });
    },
    onError: () => (once.current = crypto.randomUUID()),
  });
}
