import { Button, Collapse, Loader } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Foreign } from '../parts/Foreign.tsx';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { indented } from './json.ts';
import { alertTextQuery } from './queries.ts';

/** The whole alert as JSON, behind a fold. Read as text: numbers that a browser would round stay as they came. */
export function AsReceived({ alertId }: { alertId: string }) {
  const [isOpen, { toggle }] = useDisclosure(false);
  return (
    <div>
      <Button variant="default" size="compact-sm" aria-expanded={isOpen} onClick={toggle}>
        {isOpen ? 'Hide the JSON' : 'Show the JSON'}
      </Button>
      <Collapse expanded={isOpen} mt="xs">
        {isOpen && <Json alertId={alertId} />}
      </Collapse>
    </div>
  );
}

function Json({ alertId }: { alertId: string }) {
  const { data, error, refetch } = useQuery(alertTextQuery(alertId));
  if (error) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loader size="sm" aria-label="Loading" />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it can be longer than its box, and the keyboard has to scroll it
    <section className="json alertJson" tabIndex={0} aria-label="The alert as JSON">
      <Foreign text={indented(data, 'alert')} isBlock />
    </section>
  );
}
