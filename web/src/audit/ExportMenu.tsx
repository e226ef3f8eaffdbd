import { Button, Menu } from '@mantine/core';
import { useSession, whyNot } from '../api/session.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { type AuditFilter, exportAddress } from './queries.ts';

/** Files of what the filters leave, and the end of the chain, to be kept elsewhere. */
export function ExportMenu({ filter }: { filter: AuditFilter }) {
  const { role } = useSession();
  const reason = whyNot(role, 'admin');
  if (reason) return <ActionButton whyNot={reason}>Export</ActionButton>;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">Export</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>What the filters leave</Menu.Label>
        <Menu.Item component="a" href={exportAddress(filter, 'csv')} download>
          As a table (CSV)
        </Menu.Item>
        <Menu.Item component="a" href={exportAddress(filter, 'ndjson')} download>
          For programs (JSON, one per line)
        </Menu.Item>
        <Menu.Label>To prove later that nothing is gone</Menu.Label>
        <Menu.Item component="a" href="/api/v1/audit/head" download="herald-audit-end.json">
          The signed end of the chain
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
