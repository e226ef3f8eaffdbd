import type { Organization } from '../api/types.ts';
import { referenceText } from './references.ts';

export type SwitchName = keyof Organization['delivery'];

/** The switches in the words of the screen. */
export const switchLabels: Record<SwitchName, string> = {
  enabled: 'PSA & email',
  tickets: 'Tickets',
  email: 'E-mail',
};

type Member = 'name' | 'externalRefs' | 'delivery' | 'connectionId';

const sentences: Record<Member, (was: Organization, now: Organization) => string[]> = {
  name: (was, now) => (was.name === now.name ? [] : [`It is named “${now.name}” now.`]),
  externalRefs: (was, now) => {
    const before = was.externalRefs.map(referenceText);
    const after = now.externalRefs.map(referenceText);
    const added = after.filter((text) => !before.includes(text));
    const gone = before.filter((text) => !after.includes(text));
    return [
      ...(added.length > 0 ? [`References were added: ${added.join(', ')}.`] : []),
      ...(gone.length > 0 ? [`References were removed: ${gone.join(', ')}.`] : []),
    ];
  },
  delivery: (was, now) =>
    (Object.keys(switchLabels) as SwitchName[])
      .filter((name) => was.delivery[name] !== now.delivery[name])
      .map((name) => `${switchLabels[name]} is ${now.delivery[name] ? 'on' : 'off'} now.`),
  connectionId: (was, now) =>
    was.connectionId === now.connectionId
      ? []
      : [`Its tickets go to ${now.ticketTarget?.connectionName ?? 'no connection'} now.`],
};

/** What somebody else has changed among these members, in sentences. */
export const differencesIn =
  (...members: Member[]) =>
  (was: Organization, now: Organization): string[] =>
    members.flatMap((member) => sentences[member](was, now));
