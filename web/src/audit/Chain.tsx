import { Alert, Button, FileButton, Group, Loader, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { send } from '../api/client.ts';
import type { AuditVerdict } from '../api/types.ts';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { Time } from '../parts/Time.tsx';
import { chainQuery } from './queries.ts';

/** Whether every entry is as it was written: the server goes through all of them. */
export function Chain() {
  const chain = useQuery(chainQuery);
  const proof = useMutation({ mutationFn: proveEnd, meta: { showsProblem: true } });
  const again = () => {
    proof.reset();
    void chain.refetch();
  };
  if (chain.error) return <ProblemAlert error={chain.error} onRetry={again} />;
  const isBusy = chain.isFetching || proof.isPending;
  const verdict = proof.data ?? chain.data;
  return (
    <div aria-live="polite">
      {proof.error && <ProblemAlert error={proof.error} title="The file could not be checked" />}
      {verdict?.state === 'broken' && (
        <Alert color="red" title="The audit is not as it was written" role="alert" mb="xs">
          {verdict.words}
        </Alert>
      )}
      <Group gap="xs">
        {isBusy || !verdict ? (
          <Group gap="xs">
            <Loader size="xs" />
            <Text>Going through the chain…</Text>
          </Group>
        ) : (
          verdict.state === 'whole' && (
            <Text>
              <span aria-hidden="true" className="auditWhole">
                ✓
              </span>{' '}
              {verdict.words}{' '}
              <span className="quiet">
                (checked <Time at={new Date(chain.dataUpdatedAt).toISOString()} />)
              </span>
            </Text>
          )
        )}
        <Button variant="subtle" size="compact-sm" px={4} ml={-4} onClick={again} disabled={isBusy}>
          Check again
        </Button>
        <FileButton accept="application/json" onChange={(file) => file && proof.mutate(file)}>
          {(props) => (
            <Button variant="subtle" size="compact-sm" px={4} ml={-4} disabled={isBusy} {...props}>
              Check against an exported end…
            </Button>
          )}
        </FileButton>
      </Group>
    </div>
  );
}

/** @throws Error when the file is no exported end */
async function proveEnd(file: File): Promise<AuditVerdict> {
  const head = await file
    .text()
    .then((text) => JSON.parse(text) as unknown)
    .catch(() => {
      throw new Error('This file is not an exported end of the audit: choose the one from “Export”.');
    });
  return send<AuditVerdict>('POST', '/audit/verify', { body: { head } });
}
