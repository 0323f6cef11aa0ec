import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { storageQuery } from '../../api/system.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { Bytes, Count } from '../../ui/numbers.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Loading } from '../../ui/states.tsx';
import classes from './admin.module.css';
import { partWords, retainedWords } from './storage-words.ts';

/** How much the workspace keeps, and for how long things are kept. */
export function StorageTab() {
  const { t, i18n } = useLingui();
  const { data, error, refetch } = useQuery(storageQuery);
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <div className={classes.part}>
      <Panel title={<Trans>Storage</Trans>} note={<Trans>of this workspace</Trans>}>
        <table className={classes.figures} aria-label={t`Storage`}>
          <thead>
            <tr>
              <th scope="col">
                <Trans>What</Trans>
              </th>
              <th scope="col">
                <Trans>Number</Trans>
              </th>
              <th scope="col">
                <Trans>Size</Trans>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.parts.map(({ part, count, bytes, isEstimated }) => (
              <tr key={part}>
                <th scope="row">
                  {i18n._(partWords[part].name)}
                  <div className="small text2">{i18n._(partWords[part].note)}</div>
                </th>
                <td>
                  <Count value={count} />
                </td>
                <td>
                  {isEstimated && count > 0 ? (
                    <Trans>
                      about <Bytes value={bytes} />
                    </Trans>
                  ) : (
                    <Bytes value={bytes} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      <Panel title={<Trans>How long things are kept</Trans>} note={<Trans>set for the whole installation</Trans>}>
        <table className={classes.figures} aria-label={t`How long things are kept`}>
          <tbody>
            {data.retention.map(({ name, hours }) => (
              <tr key={name}>
                <th scope="row">{i18n._(retainedWords[name])}</th>
                <td>
                  <Kept hours={hours} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  );
}

function Kept({ hours }: { hours: number }) {
  if (hours === 0) return <Trans>Not kept</Trans>;
  return hours % 24 === 0 ? (
    <Plural value={hours / 24} one="# day" other="# days" />
  ) : (
    <Plural value={hours} one="# hour" other="# hours" />
  );
}
