import type { RowSelectionState } from '@tanstack/react-table';
import type { ReactNode } from 'react';

/** A column; `width` is a track of a CSS grid. `isWideOnly` leaves it out on a phone, where a row is two or three lines. */
export type Column<T> = {
  id: string;
  header: ReactNode;
  width: string;
  cell: (row: T) => ReactNode;
  align?: 'end';
  isWideOnly?: boolean;
};

/** Which rows are chosen, by their key, and what to do when that changes. */
export type Selection = { chosen: RowSelectionState; onChange: (chosen: RowSelectionState) => void };
