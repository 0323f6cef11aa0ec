import { Plural, Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { effectRoutes } from '../../../../../contracts/runs/effects.routes.ts';
import { addressOf } from '../../../../../contracts/http/route.ts';
import type { Effect } from '../../../../../contracts/runs/effects-api.schema.ts';
import { useCan } from '../../../api/session.ts';
import { DeliveryWord } from '../../../entities/mail/delivery-word.tsx';
import { ReadMail } from '../../../entities/mail/read-mail.tsx';
import { EffectWord } from '../../../entities/run/step-words.tsx';
import { Bytes, Cost } from '../../../ui/numbers.tsx';
import { Time } from '../../../ui/time.tsx';
import classes from '../run.module.css';
import { SettleEffect } from './settle-effect.tsx';

/** What a step did outside: how it ended, and the mail, as long as it is kept. */
export function EffectLine({ effect }: { effect: Effect }) {
  return (
    <li className={classes.effect}>
      <span className="medium">
        <EffectWord state={effect.state} />
      </span>
      <span className="text2">
        <Plural value={effect.attempt} one="# attempt" other="# attempts" />
      </span>
      {effect.handedOffAt && (
        <span className="text2">
          <Trans>
            handed over <Time at={effect.handedOffAt} />
          </Trans>
        </span>
      )}
      {effect.delivery && (
        <span className="text2">
          <DeliveryWord kind={effect.delivery.kind} /> <Time at={effect.delivery.at} />
          {effect.delivery.diagnostic && <q>{effect.delivery.diagnostic}</q>}
        </span>
      )}
      {effect.costMicros > 0 && <Cost micros={effect.costMicros} />}
      {effect.error && (
        <span className={effect.state === 'done' ? 'text2' : 'red'}>
          {effect.error.message} {effect.error.words && <q className="text2">{effect.error.words}</q>}
        </span>
      )}
      <code className="mono text3">{effect.kind}</code>
      {effect.message && <Message id={effect.id} message={effect.message} />}
      {effect.state === 'unknown' && <SettleEffect effect={effect} />}
      {effect.resolution && (
        <span className="text2">
          {effect.resolution.happened ? (
            <Trans>It happened, says {effect.resolution.by}:</Trans>
          ) : (
            <Trans>It did not happen, says {effect.resolution.by}:</Trans>
          )}{' '}
          “{effect.resolution.reason}”
        </span>
      )}
    </li>
  );
}

function Message({ id, message: { sizeBytes, isKept } }: { id: string; message: NonNullable<Effect['message']> }) {
  const maySee = useCan('effects:resolve');
  const [isRead, setRead] = useState(false);
  if (!isKept)
    return (
      <span className="text2">
        <Trans>The mail is not kept any more</Trans>
      </span>
    );
  return maySee ? (
    <>
      <Button size="compact-sm" aria-expanded={isRead} onClick={() => setRead(!isRead)}>
        {isRead ? <Trans>Close the mail</Trans> : <Trans>Read the mail</Trans>}
      </Button>
      <a href={addressOf(effectRoutes.message, { id })} download>
        <Trans>
          Download the mail, <Bytes value={sizeBytes} />
        </Trans>
      </a>
      {isRead && <ReadMail id={id} />}
    </>
  ) : null;
}
