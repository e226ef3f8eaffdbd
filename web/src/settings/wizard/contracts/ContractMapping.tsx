import { Alert, Loader, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../../api/problem.ts';
import { ProblemAlert } from '../../../parts/ProblemAlert.tsx';
import { contractsQuery } from './queries.ts';

/** The place of the contracts of each organization (req 101–104). The API reads none yet, and this says so. */
export function ContractMapping({ connectionId }: { connectionId: string }) {
  const { error, refetch, isLoading } = useQuery(contractsQuery(connectionId));
  const problem = error ? asProblem(error) : undefined;
  return (
    <section aria-labelledby="contract-mapping">
      <Title order={3} id="contract-mapping" mb="xs">
        Contract mapping
      </Title>
      {isLoading && <Loader size="sm" aria-label="Asking the PSA for its contracts" />}
      {problem?.status === 501 && (
        <Alert color="gray">
          {problem.message} So there is nothing to choose here, and no contract or count is sent. Tickets are
          not affected.
        </Alert>
      )}
      {problem && problem.status !== 501 && <ProblemAlert error={problem} onRetry={() => void refetch()} />}
    </section>
  );
}
