import { List, Stack, Text, Title } from '@mantine/core';
import { Foreign } from '../../../parts/Foreign.tsx';
import { Time } from '../../../parts/Time.tsx';
import type { ReviewsPage } from './queries.ts';

type LastMailOf = NonNullable<ReviewsPage['lastMail']>;

const states: Record<LastMailOf['mails'][number]['state'], string> = {
  waiting: 'waits to be sent',
  sending: 'is being sent',
  sent: 'was taken by a mail server',
  failed: 'could not be sent',
};

const months = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** What became of the mails of the newest month to administrators. */
export function LastMail({ lastMail }: { lastMail: ReviewsPage['lastMail'] }) {
  return (
    <Stack gap="xs" component="section" aria-labelledby="reviewMail">
      <Title order={2} id="reviewMail">
        The monthly mail
      </Title>
      {lastMail === null || lastMail.mails.length === 0 ? (
        <Text size="sm" className="quiet">
          On the first of a month administrators are mailed what is due. None was needed yet.
        </Text>
      ) : (
        <>
          <Text size="sm">For {months.format(Date.parse(`${lastMail.month}-01`))}:</Text>
          <List size="sm">
            {lastMail.mails.map(({ address, state, words, triedAt }) => (
              <List.Item key={address}>
                <Foreign text={address} /> {states[state]}
                {triedAt && (
                  <>
                    {' '}
                    <span className="quiet">
                      (<Time at={triedAt} />)
                    </span>
                  </>
                )}
                {state !== 'sent' && words && (
                  <>
                    : <Foreign text={words} />
                  </>
                )}
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}
