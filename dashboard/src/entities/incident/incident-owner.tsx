import { Trans } from '@lingui/react/macro';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { incidentRoutes } from '../../../../contracts/operations/incidents.routes.ts';
import type { Incident } from '../../../../contracts/operations/incidents-api.schema.ts';
import { ownIncident } from '../../api/incidents.ts';
import { useCan, useSession } from '../../api/session.ts';
import { Refusal } from '../answer/failed.tsx';

/** Who looks after an incident; a member who may take it does so here, or give back what is theirs. */
export function IncidentOwner({
  incident: { id, state, owner },
}: {
  incident: Pick<Incident, 'id' | 'state' | 'owner'>;
}) {
  const client = useQueryClient();
  const actor = useSession()?.actor;
  const mayTake = useCan('runs:operate') && actor?.kind === 'member' && state !== 'resolved';
  const isMine = owner !== null && owner.id === actor?.id;
  const own = useMutation({
    mutationFn: (memberId: string | null) => ownIncident(id, { memberId, was: owner?.id ?? null }),
    onSettled: () => client.invalidateQueries({ queryKey: [incidentRoutes.list.path] }),
  });
  return (
    <>
      {owner === null ? (
        <Trans>Nobody is on it.</Trans>
      ) : isMine ? (
        <Trans>You are on it.</Trans>
      ) : (
        <Trans>{owner.name} is on it.</Trans>
      )}{' '}
      {mayTake && (
        <button
          type="button"
          className="plain link"
          disabled={own.isPending}
          onClick={() => own.mutate(isMine ? null : (actor?.id ?? null))}
        >
          {isMine ? <Trans>Give it back</Trans> : owner === null ? <Trans>Take it</Trans> : <Trans>Take it over</Trans>}
        </button>
      )}
      <Refusal error={own.error} />
    </>
  );
}
