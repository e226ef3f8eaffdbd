import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Column } from '../../parts/DataTable.tsx';
import { Foreign } from '../../parts/Foreign.tsx';
import { type ImportLine, TableImport } from '../../parts/TableImport.tsx';
import { SettingsPage } from '../SettingsPage.tsx';
import { refreshMail } from './recipients/changes.ts';

interface RecipientLine extends ImportLine {
  address: string;
  /** Its name; null: global. */
  organization: string | null;
}

const example = `address,organization,severities,note,owner,review on
desk@msp.example,,all,The service desk reads everything,Ana,2027-01-15
it@northwind.example,Northwind Dental,high|critical,Asked for in the contract,Ben,never`;

const columns: Column<RecipientLine>[] = [
  { key: 'address', label: 'Address', cell: ({ address }) => <Foreign text={address} /> },
  {
    key: 'list',
    label: 'List',
    cell: ({ organization }) => (organization === null ? 'Global' : <Foreign text={organization} />),
  },
];

/** Many recipients at once, of all lists. */
export function ImportPage() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <SettingsPage
      title="Import recipients"
      intro={
        <>
          Paste a table, or choose a file. Nothing is changed until you have seen what would happen and said
          so. <Link to="/settings/psa/recipients">All recipients</Link>
        </>
      }
    >
      <TableImport
        path="/recipients/import"
        description="An address that is in its list already is changed, the others are added. Without an organization it is a global one. An empty cell changes nothing. Severities are separated by |, or all; a review date is a day, or never."
        example={example}
        columns={columns}
        onTaken={async (isWhole) => {
          await refreshMail(client);
          if (isWhole) await navigate({ to: '/settings/psa/recipients', search: {} });
        }}
      />
    </SettingsPage>
  );
}
