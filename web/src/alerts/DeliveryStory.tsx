import { Alert, Collapse, Group, Paper, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Delivery } from '../api/types.ts';
import { DeliveryActions } from '../deliveries/DeliveryActions.tsx';
import { DeliveryWords } from '../deliveries/DeliveryWords.tsx';
import { Foreign } from '../parts/Foreign.tsx';
import { OutLink } from '../parts/OutLink.tsx';
import { StateBadge } from '../parts/StateBadge.tsx';
import { Time } from '../parts/Time.tsx';
import { answerInWords, attemptInWords, kindInWords } from './attempts.ts';
import { MailFacts } from './MailFacts.tsx';
import { Sentences } from './Sentences.tsx';

type Attempt = NonNullable<Delivery['attempts']>[number];

/**
 * One delivery: how it stands, why it is as it is, every attempt, and what happens next. Folded, all but how it stands
 * waits until somebody asks.
 */
export function DeliveryStory({ delivery, isFolded = false }: { delivery: Delivery; isFolded?: boolean }) {
  const { state, settledAt } = delivery;
  const [isOpen, { open }] = useDisclosure(!isFolded);
  return (
    <Stack gap="sm" mt={4}>
      <Group gap="xs" role="status">
        <StateBadge state={state} />
        <Text span size="sm">
          <DeliveryWords delivery={delivery} />
        </Text>
        {settledAt && (
          <Text span size="sm" className="quiet">
            <Time at={settledAt} />
          </Text>
        )}
      </Group>
      {isOpen ? (
        <Details delivery={delivery} />
      ) : (
        <UnstyledButton className="textButton" onClick={open} aria-label={`How it went: ${delivery.address}`}>
          How it went
        </UnstyledButton>
      )}
    </Stack>
  );
}

function Details({ delivery }: { delivery: Delivery }) {
  const { why, next, attempts = [], surplus = [], wayOut } = delivery;
  return (
    <>
      {wayOut && (
        <Alert color="yellow" p="xs">
          <Foreign text={wayOut.words} />
        </Alert>
      )}
      {why.length > 0 && <Sentences sentences={why} />}
      {attempts.map((attempt) => (
        <AttemptCard key={attempt.n} attempt={attempt} />
      ))}
      {next && <WhatIsNext next={next} />}
      {surplus.length > 0 && <Surplus surplus={surplus} />}
      <MailFacts delivery={delivery} />
      <DeliveryActions delivery={delivery} />
    </>
  );
}

function WhatIsNext({ next: { at, words } }: { next: NonNullable<Delivery['next']> }) {
  return (
    <Text size="sm">
      <strong>Next</strong> <Foreign text={words} />{' '}
      {at && (
        <span className="quiet">
          (<Time at={at} />)
        </span>
      )}
    </Text>
  );
}

/** What was sent, what came back, and what Herald concluded. */
function AttemptCard({ attempt }: { attempt: Attempt }) {
  const { n, kind, startedAt, finishedAt, lookProblem, sent } = attempt;
  const cameBack = answerInWords(attempt);
  const [isOpen, { toggle }] = useDisclosure(false);
  return (
    <Paper withBorder p="sm" role="group" aria-label={`Attempt ${n}`}>
      <Group justify="space-between" gap="xs">
        <Text span size="sm" fw={600}>
          Attempt {n}: {kindInWords(kind)}
        </Text>
        <Text span size="sm" className="quiet">
          <Time at={startedAt} />
          {finishedAt && `, ${tookInWords(startedAt, finishedAt)}`}
        </Text>
      </Group>
      <dl className="facts attempt">
        {cameBack && (
          <div className="fact">
            <dt>Came back</dt>
            <dd>
              <Foreign text={cameBack} isBlock />
            </dd>
          </div>
        )}
        {lookProblem && (
          <div className="fact">
            <dt>Look-up</dt>
            <dd>
              <Foreign text={lookProblem} />
            </dd>
          </div>
        )}
        <div className="fact">
          <dt>Concluded</dt>
          <dd>{attemptInWords(attempt)}</dd>
        </div>
      </dl>
      {sent && (
        <>
          <UnstyledButton className="textButton" aria-expanded={isOpen} onClick={toggle}>
            {isOpen ? 'Hide what was sent' : 'Show what was sent'}
          </UnstyledButton>
          <Collapse expanded={isOpen}>{isOpen && <SentText {...sent} />}</Collapse>
        </>
      )}
    </Paper>
  );
}

/** A ticket or note as it was, or would be, written. */
export function SentText({ title, text }: { title: string; text: string }) {
  return (
    <Paper p="sm" mt="xs" className="paperInset">
      <Text size="sm" fw={600} mb={4}>
        <Foreign text={title} />
      </Text>
      <Text component="div" size="sm">
        <Foreign text={text} isBlock />
      </Text>
    </Paper>
  );
}

const milliseconds = new Intl.NumberFormat('en');

function tookInWords(startedAt: string, finishedAt: string): string {
  const ms = Date.parse(finishedAt) - Date.parse(startedAt);
  return ms < 10_000 ? `${milliseconds.format(ms)} ms` : `${milliseconds.format(Math.round(ms / 1_000))} s`;
}

function Surplus({ surplus }: { surplus: NonNullable<Delivery['surplus']> }) {
  return (
    <Alert color="red" title="A second ticket carries our key" p="xs">
      An attempt that was given up has made it late. Close it in the PSA:{' '}
      {surplus.map(({ id, link }, i) => (
        <span key={id}>
          {i > 0 && ', '}
          <OutLink to={link}>
            <Foreign text={`id ${id}`} />
          </OutLink>
        </span>
      ))}
    </Alert>
  );
}
