import { send } from '../api/client.ts';

/** What becomes of one row of a table. */
export interface ImportLine {
  /** As a spreadsheet counts: the heading is row 1. */
  row: number;
  name: string;
  outcome: 'make' | 'change' | 'refuse';
  /** Why it is refused. */
  message: string | null;
}

export interface ImportAnswer {
  counts: Record<ImportLine['outcome'], number>;
  lines: ImportLine[];
}

/** Looks at a table of organizations, or takes it over. @throws Problem */
export const importOrganizations = (csv: string, apply: boolean): Promise<ImportAnswer> =>
  send<ImportAnswer>('POST', '/organizations/import', { body: { csv, apply } });
