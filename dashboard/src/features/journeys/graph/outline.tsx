import { Trans, useLingui } from '@lingui/react/macro';
import type { JourneyStats } from '../../../../../contracts/journeys/journeys-api.schema.ts';
import { type Drawing, ENTRY } from '../../../../../domain/journeys/drawing.ts';
import { lookOf } from '../../../entities/run/step-looks.ts';
import { Icon } from '../../../ui/icons.tsx';
import classes from '../journeys.module.css';
import { StepNumbers } from './node-card.tsx';

/** The same journey as a list: for screen readers, for phones, for people who prefer lists. */
export function Outline(props: {
  drawing: Drawing;
  stats: JourneyStats | undefined;
  openStep: string | undefined;
  onOpen: (step: string) => void;
}) {
  const { drawing, stats, openStep, onOpen } = props;
  const { t } = useLingui();
  const titleOf = (id: string): string => drawing.nodes.find((node) => node.id === id)?.title ?? id;
  return (
    <ol className={classes.outline} aria-label={t`The steps of the journey`}>
      {drawing.nodes.map((node) => {
        const ways = drawing.edges.filter(({ from }) => from === node.id);
        return (
          <li key={node.id}>
            <button type="button" className="plain" aria-pressed={node.id === openStep} onClick={() => onOpen(node.id)}>
              <Icon name={lookOf(node.kind).icon} size={14} />
              <span>
                <span className="medium">{node.title}</span> <span className="small text2">{node.detail}</span>
              </span>
              {node.kind === 'entry' || node.kind === 'end' ? (
                <span />
              ) : (
                <StepNumbers stats={stats?.steps.find(({ step }) => step === node.id)} />
              )}
              {node.id !== ENTRY && ways.some(({ label }) => label !== null) && (
                <span className={classes.ways}>
                  {ways.map(({ to, label }) => (
                    <span key={`${label} ${to}`} className="block">
                      <Trans>
                        {label}: to “{titleOf(to)}”
                      </Trans>
                    </span>
                  ))}
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
