import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { tellDone } from '../../../parts/tell.tsx';
import { reasonOf } from '../../../parts/Why.tsx';
import { type Account, type AccountFilters, accountsKey } from '../offers/queries.ts';
import { AccountChooser } from './AccountChooser.tsx';
import { ignoreAccount } from './ignoreAccount.ts';
import { ignoredAccountsQuery } from './queries.ts';

interface IgnoredAccountsProps {
  connectionId: string;
  filters: AccountFilters;
  /** Why an account is marked, for the audit. */
  reason: string;
  whyNot: string | undefined;
}

/** Accounts that are not offered for mapping, and the way to mark further ones (req 65). */
export function IgnoredAccounts({ connectionId, filters, reason, whyNot }: IgnoredAccountsProps) {
  const { data: accounts, isPending } = useQuery(ignoredAccountsQuery(connectionId));
  const mark = useMark(connectionId, reason);
  if (isPending) return <Skeleton height={80} />;
  return (
    <Stack gap="xs">
      <Text size="sm" className="quiet">
        Ignored accounts are neither offered nor suggested: former clients, suppliers, your own company.
      </Text>
      {whyNot === undefined && (
        <Group>
          <AccountChooser
            // Empty again after each choice.
            key={mark.submittedAt}
            connectionId={connectionId}
            name="Ignore an account"
            placeholder="Ignore an account…"
            filters={filters}
            onChoose={(account) => mark.mutate({ account, isIgnored: true })}
          />
        </Group>
      )}
      {accounts?.length === 0 && <Text size="sm">No account is ignored.</Text>}
      <ul className="lines" aria-label="Ignored accounts">
        {accounts?.map((account) => (
          <li key={account.id}>
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" dir="auto" truncate>
                {account.name}{' '}
                <Text span size="xs" className="quiet">
                  {account.id}
                </Text>
              </Text>
              <Button
                size="compact-xs"
                variant="subtle"
                disabled={whyNot !== undefined}
                title={whyNot}
                aria-label={`Offer ${account.name} again`}
                onClick={() => mark.mutate({ account, isIgnored: false })}
              >
                Offer again
              </Button>
            </Group>
          </li>
        ))}
      </ul>
      {mark.isError && (
        <Alert color="red" role="alert">
          {mark.error.message}
        </Alert>
      )}
    </Stack>
  );
}

function useMark(connectionId: string, reason: string) {
  const client = useQueryClient();
  return useMutation({
    meta: { showsProblem: true },
    mutationFn: ({ account, isIgnored }: { account: Account; isIgnored: boolean }) =>
      ignoreAccount(client, connectionId, { accountId: account.id, isIgnored, reason: reasonOf(reason) }),
    onSuccess: async (_done, { account, isIgnored }) => {
      await client.invalidateQueries({ queryKey: accountsKey(connectionId) });
      tellDone(
        isIgnored
          ? `${account.name} was set aside: it is not offered any more.`
          : `${account.name} was taken back: it is offered again.`,
      );
    },
  });
}
