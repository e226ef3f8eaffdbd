import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useSession, whyNot } from '../../../api/session.ts';
import { DataTable } from '../../../parts/DataTable.tsx';
import type { everyRecipientQuery, Recipient, RecipientList } from '../queries.ts';
import { RecipientLines, recipientColumns } from './columns.tsx';
import { RecipientDialog } from './RecipientDialog.tsx';

interface RecipientTableProps {
  label: string;
  query: ReturnType<typeof everyRecipientQuery>;
  /** To which a new one is added; with several lists in one table none is. */
  list?: RecipientList;
  organizationName?: string;
  /** The id of the one that is being changed, or `new`; it stands in the address. */
  opened: string | undefined;
  onOpen(id: string | undefined): void;
  /** In place of an empty table. */
  empty: ReactNode;
}

/** Recipients of one list or of all, with the dialog that adds and changes them. */
export function RecipientTable(props: RecipientTableProps) {
  const { label, query, list, organizationName = null, opened, onOpen, empty } = props;
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(query);
  const { role } = useSession();
  const isAdmin = whyNot(role, 'admin') === undefined;
  const rows = data.pages.flatMap(({ items }) => items);
  const chosen = useOpened(rows, opened);
  const withList = list === undefined;
  const edit = ({ id }: Recipient) => onOpen(id);
  const close = () => onOpen(undefined);
  return (
    <>
      {rows.length === 0 ? (
        empty
      ) : (
        <DataTable
          label={label}
          rows={rows}
          columns={recipientColumns(withList, edit)}
          idOf={({ id }) => id}
          narrow={(one) => <RecipientLines recipient={one} withList={withList} onEdit={edit} />}
          more={hasNextPage ? { isLoading: isFetchingNextPage, load: () => void fetchNextPage() } : undefined}
        />
      )}
      {isAdmin && opened === 'new' && list && (
        <RecipientDialog
          list={list}
          organizationName={organizationName}
          recipient={undefined}
          onClose={close}
        />
      )}
      {isAdmin && chosen && (
        <RecipientDialog
          key={chosen.id}
          list={chosen}
          organizationName={chosen.organizationName}
          recipient={chosen}
          onClose={close}
        />
      )}
    </>
  );
}

/** The one that is opened. It stays while somebody else removes it, so that what was typed does not vanish unsaid. */
function useOpened(rows: readonly Recipient[], id: string | undefined): Recipient | undefined {
  const present = rows.find((one) => one.id === id);
  const [last, setLast] = useState(present);
  if (present !== undefined && present !== last) setLast(present);
  return present ?? (last?.id === id ? last : undefined);
}
