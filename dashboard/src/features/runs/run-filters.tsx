import { Trans, useLingui } from '@lingui/react/macro';
import { Link, useSearch } from '@tanstack/react-router';
import { useRunKinds } from '../../entities/run/run-kinds.tsx';
import { useStatusWords } from '../../entities/run/status-words.tsx';
import { chipsClass } from '../../ui/filters.tsx';
import { FilterMark, FilterMenu } from './filter-menu.tsx';

/** What narrows the list of runs, all of it in the address. */
export function RunFilters() {
  const { t } = useLingui();
  const search = useSearch({ from: '/frame/runs' });
  const { journey = '', version = '', step = '', contact = '' } = search;
  const kinds = useRunKinds();
  const states = useStatusWords();
  const isNarrowed = Object.keys(search).some((name) => name !== 'state' && name !== 'sort');
  return (
    <div className={chipsClass} role="group" aria-label={t`Filters`}>
      <FilterMenu
        name="kind"
        label={t`Kind`}
        any={t`Every kind`}
        values={Object.entries(kinds).map(([value, { name: label }]) => ({ value, label }))}
      />
      <FilterMenu
        name="status"
        label={t`State`}
        any={t`Every state`}
        values={Object.entries(states).map(([value, label]) => ({ value, label }))}
      />
      <FilterMenu
        name="waitingFor"
        label={t`Waits for`}
        any={t`Anything`}
        values={[
          { value: 'person', label: t`A person` },
          { value: 'time', label: t`Time` },
          { value: 'event', label: t`An event` },
        ]}
      />
      <FilterMenu
        name="since"
        label={t`Started`}
        any={t`At any time`}
        values={[
          { value: '1', label: t`In the last day` },
          { value: '7', label: t`In the last 7 days` },
          { value: '30', label: t`In the last 30 days` },
        ]}
      />
      <FilterMark name="journey" words={t`Journey: ${journey}`} remove={t`Any journey instead of ${journey}`} />
      <FilterMark name="version" words={`v${version}`} remove={t`Any version instead of ${version}`} />
      <FilterMark name="step" words={t`At: ${step}`} remove={t`Any step instead of ${step}`} />
      <FilterMark name="contact" words={t`Person: ${contact}`} remove={t`Any person instead of ${contact}`} />
      {isNarrowed && (
        <Link to="/runs" search={search.state ? { state: search.state } : {}} className="link small">
          <Trans>Clear</Trans>
        </Link>
      )}
    </div>
  );
}
