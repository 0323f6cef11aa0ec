import { Plural, Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Overview } from '../../../../contracts/operations/overview-api.schema.ts';
import { gatesQuery } from '../../api/gates.ts';
import { aboutOf } from '../../entities/gate/gate-about.ts';
import { useRunKinds } from '../../entities/run/run-kinds.tsx';
import { TimeLeft } from '../../ui/time.tsx';
import classes from './home.module.css';
import { SectionHead } from './section-head.tsx';

/** This many decisions are listed; the rest is behind the link. */
const shown = 6;

/** What waits for the person, the nearest deadline first. */
export function Decisions({ gates }: { gates: Overview['gates'] }) {
  const { data } = useInfiniteQuery(gatesQuery('mine'));
  const mine = data?.pages.flatMap(({ items }) => items) ?? [];
  const others = gates.open - gates.mine;
  const kinds = useRunKinds();
  const count = gates.mine;
  const rest = count - Math.min(shown, mine.length);
  return (
    <section aria-labelledby="decisions">
      <SectionHead
        id="decisions"
        isBig
        title={
          count === 0 ? (
            <Trans>Nothing waits for you</Trans>
          ) : (
            <Plural value={count} one="# decision waits for you" other="# decisions wait for you" />
          )
        }
        note={
          gates.nextDueAt && (
            <Trans>
              the first closes: <TimeLeft until={gates.nextDueAt} due="person" since={mine[0]?.openedAt} />
            </Trans>
          )
        }
        all={
          <Link to="/inbox" className="link">
            <Trans>Open inbox</Trans>
          </Link>
        }
      />
      {mine.length > 0 && (
        <ul className={classes.rows}>
          {mine.slice(0, shown).map((gate, index) => (
            <li key={gate.id} className="fresh">
              <Link to="/inbox" search={{ show: 'mine', gate: gate.id }} className={`${classes.row} ${classes.due}`}>
                <span className="small text2">
                  {gate.dueAt ? (
                    <TimeLeft until={gate.dueAt} due="person" since={gate.openedAt} />
                  ) : (
                    <Trans>no deadline</Trans>
                  )}
                </span>
                <span>
                  <span className="medium cut block">{gate.title}</span>
                  <span className="small text2 cut block">{aboutOf(gate) || gate.runTitle}</span>
                </span>
                <span className="small text3 cut">
                  {kinds[gate.runKind].name} · {gate.runTitle}
                </span>
                <Button component="span" size="xs" variant={index === 0 ? 'filled' : 'default'}>
                  <Trans>Decide</Trans>
                </Button>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {(rest > 0 || others > 0) && (
        <p className={`${classes.quiet} small`}>
          {rest > 0 && <Plural value={rest} one="# more of yours. " other="# more of yours. " />}
          {others > 0 && (
            <Link to="/inbox" search={{ show: 'team' }}>
              <Plural value={others} one="# waits for others." other="# wait for others." />
            </Link>
          )}
        </p>
      )}
    </section>
  );
}
