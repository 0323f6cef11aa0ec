import { Trans, useLingui } from '@lingui/react/macro';
import type { BatchDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { Count } from '../../../ui/numbers.tsx';
import { Panel, PanelBody } from '../../../ui/panel.tsx';
import classes from '../batches.module.css';

/** What the checks found, the most frequent first, and how much of it a person has to look at. */
export function Defects({ batch: { defects } }: { batch: BatchDetail }) {
  const { t } = useLingui();
  const words: Readonly<Record<string, string>> = {
    'facts.date': t`A date from nowhere`,
    'facts.email': t`An e-mail address from nowhere`,
    'facts.id': t`A reference from nowhere`,
    'facts.name': t`A name from nowhere`,
    'facts.number': t`A number from nowhere`,
    'facts.url': t`A web address from nowhere`,
    'leak.foreignRow': t`Words of another row`,
    'leftovers.assistant': t`The model speaks of itself`,
    'leftovers.filler': t`Filler text`,
    'leftovers.markup': t`Markup left over`,
    'leftovers.placeholder': t`A placeholder left over`,
    'leftovers.template': t`Template code left over`,
    'leftovers.value': t`A value that says nothing`,
    'length.tooLong': t`Too long`,
    'locked.changed': t`A locked clause changed`,
    'required.missing': t`A required text missing`,
    'schema.mismatch': t`Not in the form that was asked for`,
  };
  return (
    <Panel title={<Trans>What the checks found</Trans>}>
      {defects.length === 0 ? (
        <PanelBody>
          <p className="small text2">
            <Trans>Nothing so far.</Trans>
          </p>
        </PanelBody>
      ) : (
        <ul className={`${classes.defects} num`}>
          {defects.map(({ code, count, flagged }) => (
            <li key={code} title={code}>
              <span>{words[code] ?? code}</span>
              <span className={classes.found}>
                <Count value={count} />
                {flagged > 0 && (
                  <span className="amber">
                    {flagged === count ? (
                      <Trans>flagged</Trans>
                    ) : (
                      <Trans>
                        <Count value={flagged} /> flagged
                      </Trans>
                    )}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
