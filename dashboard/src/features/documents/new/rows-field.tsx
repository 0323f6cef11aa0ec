import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { Count } from '../../../ui/numbers.tsx';
import classes from '../batches.module.css';
import type { CsvHead } from './csv-head.ts';

/** The file with the rows: dropped or chosen, with a look at its beginning; `children` say how it is written. */
export function RowsField({
  file,
  head,
  onFile,
  children,
}: {
  file: File | null;
  head: CsvHead | null;
  onFile: (file: File) => void;
  children?: ReactNode;
}) {
  const { t } = useLingui();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  return (
    <div className={classes.fields}>
      <div
        className={classes.drop}
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const [dropped] = event.dataTransfer.files;
          if (dropped) onFile(dropped);
        }}
      >
        <span className="medium">{file ? file.name : <Trans>Drop a CSV file here</Trans>}</span>
        <span className="small text2">
          {file ? (
            <Trans>
              <Count value={Math.ceil(file.size / 1024)} /> KB
            </Trans>
          ) : (
            <Trans>One row is one document; the first line names the columns. Up to 64 MB.</Trans>
          )}
        </span>
        <Button onClick={() => input.current?.click()}>
          {file ? <Trans>Choose another</Trans> : <Trans>Choose a file</Trans>}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".csv,text/csv"
          className="hidden"
          aria-label={t`Rows (CSV)`}
          tabIndex={-1}
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0];
            if (chosen) onFile(chosen);
          }}
        />
      </div>
      {children}
      {head && (
        <div className={classes.sample} tabIndex={0} role="region" aria-label={t`The beginning of the file`}>
          <table>
            <thead>
              <tr>
                {head.header.map((name, index) => (
                  <th key={index} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {head.rows.map((row, index) => (
                <tr key={index}>
                  {head.header.map((_, column) => (
                    <td key={column}>{row[column]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
