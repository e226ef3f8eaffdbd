import './deliveries.css';
import { Stack, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Suspense, useDeferredValue } from 'react';
import { Page } from '../parts/Page.tsx';
import { Skeletons } from '../parts/Skeletons.tsx';
import { AllDeliveries } from './AllDeliveries.tsx';
import { Causes } from './Causes.tsx';
import { DeliveryFilters } from './DeliveryFilters.tsx';
import { causesQuery } from './queries.ts';
import { deliveriesRoute } from './routes.ts';

/** What needs a person, by its cause; below it everything that is owed. */
export function DeliveriesPage() {
  const { cause, ...filter } = deliveriesRoute.useSearch();
  const { data: causes } = useSuspenseQuery(causesQuery);
  const shown = useDeferredValue(filter);
  return (
    <Page
      title="Deliveries"
      intro="Each alert owes its PSA a ticket, or a note on one, and its recipients a mail."
    >
      <Stack component="section" gap="sm" aria-labelledby="needs">
        <Title order={2} id="needs">
          Needs a person
        </Title>
        <Causes causes={causes} opened={cause} />
      </Stack>
      <Stack component="section" gap="sm" aria-labelledby="all">
        <Title order={2} id="all">
          All deliveries
        </Title>
        <DeliveryFilters filter={filter} />
        <Suspense fallback={<Skeletons rows={4} />}>
          <AllDeliveries filter={shown} />
        </Suspense>
      </Stack>
    </Page>
  );
}
