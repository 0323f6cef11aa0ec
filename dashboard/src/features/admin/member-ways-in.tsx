import { Plural, Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { keysOfQuery, takePassword } from '../../api/access.ts';
import { useCan } from '../../api/session.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { useNow } from '../../ui/time.tsx';
import classes from './admin.module.css';

/** The keys that end with a member who is shut out, by name. */
export function LeavingKeys({ memberId }: { memberId: string }) {
  const mayRead = useCan('keys:read');
  const now = useNow();
  const { data } = useInfiniteQuery({ ...keysOfQuery(memberId), enabled: mayRead });
  const live = (data?.pages ?? [])
    .flatMap(({ items }) => items)
    .filter(({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now));
  if (live.length === 0) return null;
  return (
    <div className={classes.secret} role="status">
      <Plural
        value={live.length}
        one="This key is theirs and ends too; what uses it needs another:"
        other="These # keys are theirs and end too; what uses them needs others:"
      />
      <span className="medium">{live.map(({ name }) => name).join(', ')}</span>
    </div>
  );
}

/** Takes the password of a member away, once it is said again. */
export function TakePassword({ memberId }: { memberId: string }) {
  const [isAsking, setAsking] = useState(false);
  const take = useMutation({ mutationFn: () => takePassword(memberId), onSuccess: () => setAsking(false) });
  return (
    <div className={classes.form}>
      <Refusal error={take.error} />
      {take.isSuccess && (
        <p className="text2" role="status">
          <Trans>The password is taken, and their sessions have ended. A sign-in link lets them set another.</Trans>
        </p>
      )}
      {isAsking ? (
        <>
          <p className="text2">
            <Trans>Their sessions and links end at once, and only a new sign-in link lets them in again.</Trans>
          </p>
          <div className={classes.ends}>
            <Button onClick={() => setAsking(false)}>
              <Trans>Leave it</Trans>
            </Button>
            <Button variant="danger" loading={take.isPending} onClick={() => take.mutate()}>
              <Trans>Take it away</Trans>
            </Button>
          </div>
        </>
      ) : (
        !take.isSuccess && (
          <div>
            <Button variant="danger" onClick={() => setAsking(true)}>
              <Trans>Take the password away</Trans>
            </Button>
          </div>
        )
      )}
    </div>
  );
}
