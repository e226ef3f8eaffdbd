import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Column } from '../parts/DataTable.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { Page } from '../parts/Page.tsx';
import { type ImportLine, TableImport } from '../parts/TableImport.tsx';

interface OrganizationLine extends ImportLine {
  name: string;
}

const example = `name,refs,enabled,tickets,email
Northwind Dental,org-17|domain:northwind.example,on,on,on
Contoso Legal,org-18,on,on,off`;

const columns: Column<OrganizationLine>[] = [
  { key: 'name', label: 'Organization', cell: ({ name }) => <Foreign text={name} /> },
];

/** Many organizations at once. */
export function ImportPage() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <Page
      title="Import organizations"
      above={<Link to="/organizations">Organizations</Link>}
      intro="Paste a table, or choose a file. Nothing is changed until you have seen what would happen and said so."
    >
      <TableImport
        path="/organizations/import"
        description="Organizations that are here by name are changed, the others are made. An empty cell changes nothing. Several references are separated by |; write domain:, tenantId: or name: before those that are no ids."
        example={example}
        columns={columns}
        onTaken={async (isWhole) => {
          await client.invalidateQueries({ queryKey: ['organizations'] });
          if (isWhole) await navigate({ to: '/organizations', search: {} });
        }}
      />
    </Page>
  );
}
