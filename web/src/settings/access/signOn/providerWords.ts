import { roleLabel } from '../../../parts/roles.ts';
import type { SignOnProvider } from '../queries.ts';

/** Who comes in without an invitation. */
export function newcomersInWords({ newcomerRole, domains }: SignOnProvider): string {
  if (newcomerRole === null) return 'By invitation only';
  return domains.length === 0
    ? roleLabel(newcomerRole)
    : `${roleLabel(newcomerRole)}, from ${domains.join(', ')}`;
}

/** What somebody else has changed of a provider, in sentences. The secret is not shown: it is what is left. */
export function differencesOf(was: SignOnProvider, now: SignOnProvider): string[] {
  const differences = [
    ...(was.name === now.name ? [] : [`It is named “${now.name}” now.`]),
    ...(was.issuer === now.issuer ? [] : [`Its issuer is ${now.issuer} now.`]),
    ...(was.clientId === now.clientId ? [] : [`Its client id is ${now.clientId} now.`]),
    ...(newcomersInWords(was) === newcomersInWords(now)
      ? []
      : [`Newcomers: ${newcomersInWords(now).toLowerCase()} now.`]),
  ];
  return differences.length > 0 ? differences : ['Its client secret was replaced.'];
}
