import { useDebouncedCallback } from '@mantine/hooks';
import { useDeferredValue, useState } from 'react';
import { wizardRoute } from '../../routes.ts';

type Search = ReturnType<typeof wizardRoute.useSearch>;

export interface TableSearch {
  /** As it is typed. */
  q: string;
  /** What rows are filtered by: it may be a moment late, so that typing is not. */
  soughtFor: string;
  seek(text: string): void;
  /** Changes the address. */
  put(search: Partial<Search>): void;
}

/** What is sought in the table; it stands in the address, with the filters of the table. */
export function useTableSearch(): TableSearch {
  const { q: wanted = '' } = wizardRoute.useSearch();
  const navigate = wizardRoute.useNavigate();
  const [q, setQ] = useState(wanted);
  const soughtFor = useDeferredValue(q);
  const put = (search: Partial<Search>) =>
    void navigate({ search: (before) => ({ ...before, ...search }), replace: true, resetScroll: false });
  const putQ = useDebouncedCallback((text: string) => put({ q: text || undefined }), 300);
  const seek = (text: string) => {
    setQ(text);
    putQ(text);
  };
  return { q, soughtFor, seek, put };
}
