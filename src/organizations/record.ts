import { type By, record } from '../audit/index.ts';
import type { Tx } from '../db/database.ts';
import { toSettings } from './answer.ts';
import { findOrganization } from './store.ts';

type OrganizationAction = `organization.${'create' | 'change' | 'remove' | 'assign'}`;

/** Runs a change of one organization and records it, as it was before and as it is then. `work` answers its id. */
export async function recordChange(
  tx: Tx,
  { workspaceId, id, by }: { workspaceId: string; id?: string; by: By },
  action: OrganizationAction,
  work: () => Promise<string>,
): Promise<string> {
  const before = id === undefined ? undefined : await findOrganization(tx, workspaceId, id);
  const changed = await work();
  const after = await findOrganization(tx, workspaceId, changed);
  const target = { kind: 'organization', id: changed, name: (after ?? before)?.name ?? '' } as const;
  await record(tx, workspaceId, by, {
    action,
    target,
    before: before && toSettings(before),
    after: after && toSettings(after),
  });
  return changed;
}
