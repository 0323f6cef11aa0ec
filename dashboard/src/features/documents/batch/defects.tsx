import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { decidesDocuments } from '../../../../../domain/documents/stages/stages.ts';
import type { BatchDetail } from '../../../../../contracts/documents/batches-api.schema.ts';
import { useFindingNames } from '../../../entities/document/finding-names.ts';
import { Count } from '../../../ui/numbers.tsx';
import { Panel, PanelBody } from '../../../ui/panel.tsx';
import classes from '../batches.module.css';

/** What the checks found, the most frequent first, and how much of it a person has to look at; in review each leads to its documents. */
export function Defects({ batch: { id, stage, defects } }: { batch: BatchDetail }) {
  const nameOf = useFindingNames();
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
              {flagged > 0 && decidesDocuments(stage) ? (
                <Link to="/batches/$id/review" params={{ id }} search={{ finding: code }} className="link">
                  {nameOf(code)}
                </Link>
              ) : (
                <span>{nameOf(code)}</span>
              )}
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
