import { Group, Paper, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useSession, whyNot } from '../api/session.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { counted, figure } from '../parts/figures.ts';
import { Skeletons } from '../parts/Skeletons.tsx';
import { StateBadge } from '../parts/StateBadge.tsx';
import { Time } from '../parts/Time.tsx';
import { AllDeliveries } from './AllDeliveries.tsx';
import { useCauseActions } from './causeActions.ts';
import type { Cause } from './queries.ts';
import { WayOf } from './WayOf.tsx';

const toEach = (count: number): string => (count === 1 ? 'it' : `the ${figure(count)}`);

/** One cause: what is wrong, how many wait for it, and what can be done about all of them at once. */
export function CauseCard({ cause, isOpen }: { cause: Cause; isOpen: boolean }) {
  const { words, count, state, oldest } = cause;
  return (
    <Paper withBorder p="md" component="article" aria-label={words}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} className="causeWords">
          <Text fw={600}>
            <Foreign text={words} />
          </Text>
          <Group gap="xs">
            <StateBadge state={state} />
            <Text span size="sm">
              {counted(count, 'alert')}
            </Text>
            <Text span size="sm" className="quiet">
              <WayOf cause={cause} />
              {oldest && (
                <>
                  , oldest <Time at={oldest} />
                </>
              )}
            </Text>
          </Group>
        </Stack>
        <Actions cause={cause} />
      </Group>
      <Text size="sm" mt="sm">
        <Link
          from="/deliveries"
          to="."
          search={({ cause: _, ...rest }) => (isOpen ? rest : { ...rest, cause: cause.id })}
          resetScroll={false}
          aria-expanded={isOpen}
        >
          {isOpen ? 'Hide them' : `Show ${toEach(count)}`}
        </Link>
      </Text>
      {isOpen && (
        <div className="opened">
          <Suspense fallback={<Skeletons rows={3} />}>
            <AllDeliveries filter={{ causeId: cause.id }} />
          </Suspense>
        </div>
      )}
    </Paper>
  );
}

type Refusals = { retry?: string; discard?: string };

/** What cannot be decided for all of them here, and what to do instead. */
const refusals: Record<Cause['state'], Refusals> = {
  failed: {},
  held: { retry: 'Held ones go out by themselves: resume the connection, or renew its credentials.' },
  uncertain: {
    retry: 'Herald is looking whether they arrived; sent now, they could become second tickets.',
    discard:
      'Whether they arrived is not known yet. Open one: when Herald cannot find out, it can be discarded there.',
  },
};

/** The same of mail, where it differs. */
const refusalsOfMail: Partial<Record<Cause['state'], Refusals>> = {
  held: { retry: 'Held ones go out by themselves when the mail servers work again.' },
  uncertain: {
    retry: 'They may have arrived. Herald sends them once more by itself, with the same Message-ID.',
    discard: 'They may have arrived, and are sent once more by themselves. Then they are settled.',
  },
};

function Actions({ cause }: { cause: Cause }) {
  const { role } = useSession();
  const { retry, discard, isPending } = useCauseActions(cause);
  const forRole = whyNot(role, 'operator');
  const not = (cause.connectionId === null && refusalsOfMail[cause.state]) || refusals[cause.state];
  return (
    <Group gap="xs">
      <ActionButton whyNot={forRole ?? not.retry} loading={isPending} onClick={retry}>
        Deliver {toEach(cause.count)}
      </ActionButton>
      <ActionButton variant="default" whyNot={forRole ?? not.discard} loading={isPending} onClick={discard}>
        Discard
      </ActionButton>
    </Group>
  );
}
