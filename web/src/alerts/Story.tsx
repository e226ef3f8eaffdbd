import { Stack, Text, Timeline, Title } from '@mantine/core';
import type { Delivery } from '../api/types.ts';
import { channelInWords, isMail } from '../parts/channel.ts';
import { Foreign } from '../parts/Foreign.tsx';
import { SeverityBadge } from '../parts/Severity.tsx';
import { Time } from '../parts/Time.tsx';
import { DeliveryStory } from './DeliveryStory.tsx';
import type { WholeAlert } from './queries.ts';
import { Sentences } from './Sentences.tsx';
import { TicketsNow } from './TicketsNow.tsx';

/** What became of an alert, from top to bottom in the order in which it happened. */
export function Story({ alert }: { alert: WholeAlert }) {
  const { deliveries, trace, tickets } = alert;
  return (
    <Stack component="section" gap="md" aria-labelledby="became">
      <Title order={2} id="became">
        What became of it
      </Title>
      <Timeline bulletSize={14} lineWidth={2} active={-1} className="story">
        <Timeline.Item title="Received">
          <Text size="sm" className="quiet">
            <Time at={alert.firstReceivedAt} /> from <Foreign text={alert.source} />
          </Text>
        </Timeline.Item>
        <Timeline.Item title="Planned">
          <Sentences sentences={trace} />
        </Timeline.Item>
        {deliveries.filter(({ revision }) => revision === 1).map(item)}
        {updatesOf(alert).map((update) => [
          <Timeline.Item key={`update ${update.revision}`} title="Sent again with a change">
            <Text size="sm" className="quiet">
              <Time at={update.receivedAt} />
            </Text>
            <Text component="div" size="sm">
              Severity <SeverityBadge severity={update.severity} />
              {update.status !== null && (
                <>
                  , status <Foreign text={update.status} />
                </>
              )}
            </Text>
          </Timeline.Item>,
          ...deliveries.filter(({ revision }) => revision === update.revision).map(item),
        ])}
        {deliveries.filter(({ revision }) => revision === 0).map(item)}
        {tickets.length > 0 && (
          <Timeline.Item title={tickets.length === 1 ? 'Its ticket now' : 'Its tickets now'}>
            <TicketsNow tickets={tickets} deliveries={deliveries} />
          </Timeline.Item>
        )}
      </Timeline>
    </Stack>
  );
}

/** With more recipients, mails that went the usual way keep their details to themselves. */
const fewMails = 3;

const item = (delivery: Delivery, _: number, among: readonly Delivery[]) => (
  <Timeline.Item
    key={delivery.id}
    title={
      <>
        {isMail(delivery) ? '' : 'Delivery to '}
        <Foreign text={channelInWords(delivery)} />
        {delivery.revision === 0 && ', because its ticket is late'}
      </>
    }
  >
    <DeliveryStory
      delivery={delivery}
      isFolded={isUsual(delivery) && among.filter(isMail).length > fewMails}
    />
  </Timeline.Item>
);

const isUsual = (delivery: Delivery): boolean =>
  isMail(delivery) && delivery.state === 'delivered' && delivery.attempts?.length === 1;

/** The states of the alert after the first one, the present one last. */
function updatesOf({
  revision,
  revisions,
  severity,
  status,
  receivedAt,
}: WholeAlert): WholeAlert['revisions'] {
  const all = [...revisions, { revision, severity, status, receivedAt }];
  return all.filter((one) => one.revision > 1);
}
