import { useQuery } from '@tanstack/react-query';
import type { Connection, PsaKind } from '../../../api/types.ts';
import { visible } from '../../../parts/visible.ts';
import { mappingsQuery } from '../mapping/set.ts';
import { accountQuery } from '../offers/queries.ts';
import type { MappingFacts } from './stepLines.ts';

/** Where tickets go, by what is stored; nothing is asked before there is a catch-all account. */
export function useMappingFacts({ id, steps }: Connection, kind: PsaKind): MappingFacts {
  const field = kind.fields.find(({ role }) => role === 'catchAllAccount');
  const stored = field && steps[field.step]?.[field.key];
  const accountId = typeof stored === 'string' ? stored : undefined;
  const enabled = accountId !== undefined;
  const { data: account } = useQuery({ ...accountQuery(id, accountId ?? ''), enabled });
  const { data: set } = useQuery({ ...mappingsQuery(id), enabled });
  const mapped = set?.mappings.length;
  return {
    catchAll: account && visible(account.name),
    mapped,
    all: set && set.mappings.length + set.unmappedOrganizations,
  };
}
