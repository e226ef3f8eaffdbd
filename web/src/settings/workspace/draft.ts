/** The settings of a workspace while they are typed. */
import type { Workspace } from './queries.ts';

/** Numbers are texts while somebody types. */
export interface Draft {
  name: string;
  timeZone: string;
  newOrganizations: Workspace['newOrganizations'];
  wayOutMinutes: string;
  retentionDays: string;
  secondFactorDemanded: boolean | undefined;
}

export const draftOf = (workspace: Workspace): Draft => ({
  name: workspace.name,
  timeZone: workspace.timeZone,
  newOrganizations: workspace.newOrganizations,
  wayOutMinutes: String(workspace.wayOutMinutes),
  retentionDays: String(workspace.retentionDays),
  secondFactorDemanded: workspace.secondFactorDemanded,
});

/** The members that differ, as the API takes them; what is no number is refused there, with words. */
export function changesOf(draft: Draft, now: Workspace): Record<string, unknown> {
  const members = Object.keys(draft) as (keyof Draft)[];
  const before = draftOf(now);
  return Object.fromEntries(
    members
      .filter((member) => JSON.stringify(draft[member]) !== JSON.stringify(before[member]))
      .map((member) => [member, sentValue(draft, member)]),
  );
}

function sentValue(draft: Draft, member: keyof Draft): unknown {
  const value = draft[member];
  if (member !== 'wayOutMinutes' && member !== 'retentionDays') return value;
  return value === '' ? null : Number(value);
}

const words: Record<keyof Draft, string> = {
  name: 'The name',
  timeZone: 'The time zone',
  newOrganizations: 'What new organizations start with',
  wayOutMinutes: 'The minutes before the way out',
  retentionDays: 'How long alerts are kept',
  secondFactorDemanded: 'The second factor',
};

/** What somebody else has changed, in sentences. */
export const differences = (was: Workspace, now: Workspace): string[] =>
  (Object.keys(changesOf(draftOf(now), was)) as (keyof Draft)[]).map((member) => {
    const value = draftOf(now)[member];
    const isSimple = typeof value === 'string' && value !== '';
    return isSimple ? `${words[member]} is “${value}” now.` : `${words[member]} was changed.`;
  });
