import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { workspace } from '../../../../src/workspaces/schemas.ts';
import { getVersioned } from '../../api/client.ts';

export type Workspace = z.output<typeof workspace>;

export const workspacePath = '/workspaces/current';

/** The workspace with the version of its settings. */
export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: ({ signal }) => getVersioned<Workspace>(workspacePath, signal),
});
