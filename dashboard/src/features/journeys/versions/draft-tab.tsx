import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { journeyRoutes } from '../../../../../contracts/journeys/journeys.routes.ts';
import type { JourneyDetail } from '../../../../../contracts/journeys/journeys-api.schema.ts';
import { isSameJourney } from '../../../../../domain/journeys/diff.ts';
import { publishJourney, versionQuery } from '../../../api/journeys.ts';
import { useCan } from '../../../api/session.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { notifyDone } from '../../../ui/notify.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Empty } from '../../../ui/states.tsx';
import { Json, Technical } from '../../../ui/technical.tsx';
import { useLateNavigate } from '../../../ui/use-still-here.ts';
import classes from '../journeys.module.css';
import { DiffView } from './diff-view.tsx';
import { differenceOf } from './difference.ts';

/** The draft beside the version that is live: what would change, what is in the way, and publishing it. */
export function DraftTab({ journey, live }: { journey: JourneyDetail; live: number }) {
  const { t } = useLingui();
  const { slug, draft, problems, liveVersion, rev } = journey;
  const navigate = useLateNavigate();
  const client = useQueryClient();
  const mayPublish = useCan('journeys:publish');
  const current = useQuery({ ...versionQuery(slug, liveVersion ?? 0), enabled: liveVersion !== null }).data;
  const publish = useMutation({
    mutationFn: () => publishJourney(slug, rev),
    onSuccess: ({ version, created }) => {
      notifyDone(
        created ? <Trans>Version {version} is live.</Trans> : <Trans>Version {version} was the same already.</Trans>,
      );
      void navigate({ to: '/journeys/$slug', params: { slug }, search: {} });
    },
    onSettled: () => client.invalidateQueries({ queryKey: [journeyRoutes.list.path] }),
  });
  if (draft === null)
    return (
      <Empty title={<Trans>There is no draft</Trans>}>
        <Trans>A push makes one: npm run throughline -- push, in the folder of the journey.</Trans>
      </Empty>
    );
  const difference = current ? differenceOf(current.definition, draft) : null;
  const isSame = difference !== null && isSameJourney(difference);
  return (
    <div className={classes.part}>
      {problems.length > 0 && (
        <Panel
          title={
            <Plural
              value={problems.length}
              one="# problem keeps it from being published"
              other="# problems keep it from being published"
            />
          }
        >
          <ul className={classes.lines}>
            {problems.map(({ path, code, message, hint, node }) => (
              <li key={`${path} ${code}`}>
                <code className="mono cut">{node ?? path}</code>
                <span>
                  <span className="medium">{message}</span> <span className="small text2">{hint}</span>
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel
        title={
          liveVersion === null ? (
            <Trans>Nothing is published yet</Trans>
          ) : (
            <Trans>What the draft changes in v{liveVersion}</Trans>
          )
        }
        end={
          mayPublish &&
          !isSame && (
            <Button
              variant="filled"
              onClick={() => publish.mutate()}
              loading={publish.isPending}
              disabled={problems.length > 0}
            >
              <Trans>Publish the draft</Trans>
            </Button>
          )
        }
      >
        {current ? (
          <DiffView difference={difference} />
        ) : (
          <p className={classes.changes}>
            <Trans>Once published, people enter by its events.</Trans>
          </p>
        )}
        {!isSame && (
          <p className={`${classes.changes} text2`}>
            <Plural
              value={live}
              _0="No one is in the journey; the next person to enter follows the new version."
              one="# person in the journey stays in their version; the next person to enter follows the new one."
              other="# people in the journey stay in their version; the next person to enter follows the new one."
            />
          </p>
        )}
        <Refusal error={publish.error} />
      </Panel>
      <Technical>
        <Json label={t`The draft`} value={draft} />
      </Technical>
    </div>
  );
}
