import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { modelsQuery } from '../../../api/admin/models.ts';
import { useCan } from '../../../api/session.ts';
import { Failed } from '../../../entities/answer/failed.tsx';
import { FilterLine, FilterText } from '../../../ui/filters.tsx';
import { Empty, Loading } from '../../../ui/states.tsx';
import { DataTable } from '../../../ui/table/data-table.tsx';
import { useModelColumns } from './model-columns.tsx';
import { ModelDialog } from './model-dialog.tsx';
import { ModelForm } from './model-form.tsx';
import { ModelPolicy } from './model-policy.tsx';

/** The language models that the workspace may name: its own and the installation's, with their prices and how their last trials ended. */
export function ModelsTab() {
  const { t } = useLingui();
  const mayWrite = useCan('keys:write');
  const [text, setText] = useState('');
  const [opened, setOpened] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  const columns = useModelColumns(setOpened);
  const { data, error, refetch } = useQuery(modelsQuery);
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const shown = data.items.filter(({ name, at }) => `${name} ${at}`.toLowerCase().includes(text.trim().toLowerCase()));
  const model = data.items.find(({ name }) => name === opened);
  return (
    <>
      <FilterLine
        end={
          mayWrite && (
            <Button variant="filled" onClick={() => setAdding(true)}>
              <Trans>Add a model</Trans>
            </Button>
          )
        }
      >
        <FilterText label={t`Find a model`} value={text} onChange={setText} />
        <span className="text2">
          <Trans>
            Steps that name none use <code className="mono">{data.usual}</code>.
          </Trans>
        </span>
      </FilterLine>
      <ModelPolicy policy={data.policy} />
      {shown.length === 0 ? (
        <Empty title={<Trans>No model of that name</Trans>} />
      ) : (
        <DataTable
          label={t`Models`}
          rows={shown}
          keyOf={({ name }) => name}
          columns={columns}
          opens={false}
          scope={text}
        />
      )}
      {isAdding && <ModelForm name={null} own={null} onClose={() => setAdding(false)} />}
      {model && <ModelDialog model={model} onClose={() => setOpened(null)} />}
    </>
  );
}
