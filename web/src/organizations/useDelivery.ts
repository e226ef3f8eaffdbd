import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ChangedMeanwhile, change } from '../api/change.ts';
import { getVersioned, type Versioned } from '../api/client.ts';
import type { Organization } from '../api/types.ts';
import { tellDone } from '../parts/tell.tsx';
import { differencesIn, type SwitchName, switchLabels } from './differences.ts';
import { organizationPath, organizationQuery } from './queries.ts';

interface Turn {
  /** As it is shown. */
  organization: Organization;
  name: SwitchName;
  isOn: boolean;
  /** Why, for the audit. */
  reason?: string | undefined;
  isUndo?: boolean;
}

/** Turns one switch of an organization at once, and offers to take it back. */
export function useDelivery() {
  const client = useQueryClient();
  const { mutate, isPending, variables } = useMutation({
    mutationFn: async ({ organization, name, isOn, reason }: Turn) => {
      const path = organizationPath(organization.id);
      const shown = await getVersioned<Organization>(path);
      // What is shown may be older than the revision that was just read.
      if (shown.value.delivery[name] !== organization.delivery[name])
        throw new ChangedMeanwhile(differencesIn('delivery')(organization, shown.value), shown);
      return change(path, shown, { delivery: { [name]: isOn } }, differencesIn('delivery'), reason);
    },
    onSuccess: (now: Versioned<Organization>, { name, isOn, isUndo }) => {
      client.setQueryData(organizationQuery(now.value.id).queryKey, now);
      const undo = () => mutate({ organization: now.value, name, isOn: !isOn, isUndo: true });
      tellDone(wordsFor(now.value, name, isOn), isUndo ? undefined : undo);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['organizations'] }),
  });
  return { turn: mutate, isPending, turning: variables };
}

/** What each of them lets out: a ticket that exists gets no notes either. */
const goods: Record<SwitchName, string> = {
  enabled: 'Tickets, notes and mails',
  tickets: 'Tickets and notes',
  email: 'Mails',
};

/** A skip is final, also of what waited when its turn came: switching on later never sends the past (decision 1). */
function wordsFor({ name: organization, delivery }: Organization, name: SwitchName, isOn: boolean): string {
  const what = `${switchLabels[name]} is ${isOn ? 'on' : 'off'} for ${organization}.`;
  if (isOn) return name !== 'enabled' && !delivery.enabled ? `${what} PSA & email is still off.` : what;
  return `${what} ${goods[name]} due while it is off are skipped for good, also those that wait now.`;
}
