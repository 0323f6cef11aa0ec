import { useMutation, useQueryClient } from '@tanstack/react-query';
import { runRoutes } from '../../../../contracts/runs/runs.routes.ts';
import type { AcceptedOperation, RunDetail, RunOperation } from '../../../../contracts/runs/runs-api.schema.ts';
import { operate } from '../../api/runs.ts';

/** Asks an operation of a run; `onDone` gets what the server has accepted. */
export function useOperation(run: RunDetail, onDone: (accepted: AcceptedOperation) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (operation: RunOperation) => operate(run.id, operation),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: [runRoutes.list.path] }),
  });
}
