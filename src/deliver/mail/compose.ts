/** What a mail says, from what waits in its mailbox; an alert of which no text can be made fails visibly and alone. */
import {
  alertModel,
  digestModel,
  type MailFrame,
  type MailModel,
  messageIdOf,
  subjectOf,
  textOf,
  threadIdOf,
} from '../../mail/index.ts';
import { changesInWords, type MailScope, recheckMail, resolveMail, whyInWords } from '../../plan/index.ts';
import type { Settings } from '../../plan/types.ts';
import type { DeliveryPatch } from '../journal.ts';
import type { FrozenMail } from './journal.ts';
import type { Mailbox } from './mailboxes.ts';
import type { MailContent, MailWork } from './types.ts';
import type { WaitingMail } from './waiting.ts';

/** A mail to freeze, or the delivery that made composing fail. */
export type Composed = { kind: 'mail'; mail: FrozenMail } | { kind: 'unwritable'; patch: DeliveryPatch };

/** One mail for one delivery. */
export function composeMail(
  waiting: WaitingMail,
  box: Mailbox,
  work: MailWork,
  settings: Settings,
): Composed {
  try {
    const { model, subject, threadKey, organizationName } = describe(waiting, work, settings);
    const trace = [`Mailed to ${box.address} alone, in the format of ${formatInWords(waiting, settings)}.`];
    const content = contentOf({ model, subject, threadKey, deliveryIds: [waiting.id] }, work);
    if (organizationName === '') trace.push('Nobody knows yet whose alert it is.');
    return { kind: 'mail', mail: frozen('mail', [waiting], box, content, trace) };
  } catch (error) {
    return { kind: 'unwritable', patch: unwritable(waiting, error) };
  }
}

/** One mail for all that waits, severest first (promise P7). */
export function composeDigest(
  all: readonly WaitingMail[],
  box: Mailbox,
  work: MailWork,
  settings: Settings,
): Composed {
  try {
    const model = digestModel({
      alerts: all.map((waiting) => ({
        alertId: waiting.alertId,
        title: waiting.alert.title,
        severity: waiting.alert.severity,
        organizationName: nameOf(waiting, settings),
        source: waiting.alert.source,
        externalId: waiting.alert.externalId,
        ...changeOf(waiting),
        isTicketPending: waiting.isWayOut,
      })),
      ...whyOf(all, work, settings),
      baseUrl: work.baseUrl,
    });
    const deliveryIds = all.map(({ id }) => id);
    const subject = all.some(({ isWayOut }) => isWayOut) ? `[${ticketPending}] ${model.title}` : model.title;
    const content = contentOf({ model, subject, threadKey: `digests of ${box.id}`, deliveryIds }, work);
    const trace = [`Mailed to ${box.address} with ${alertsIn(all)} alerts in one mail: many came at once.`];
    return { kind: 'mail', mail: frozen('mailDigest', all, box, content, trace) };
  } catch (error) {
    const culprit = all.find((one) => composeMail(one, box, work, settings).kind === 'unwritable');
    return { kind: 'unwritable', patch: unwritable(culprit ?? (all[0] as WaitingMail), error) };
  }
}

const alertsIn = (all: readonly WaitingMail[]): number => new Set(all.map(({ alertId }) => alertId)).size;

/** By which lists its alerts come to the address, as far as no person has sent a test there, and where one changes that. */
function whyOf(
  all: readonly WaitingMail[],
  { baseUrl }: MailWork,
  settings: Settings,
): Pick<MailFrame, 'why' | 'settingsLink'> {
  const listed = all.filter(({ isDirected }) => !isDirected);
  if (listed.length === 0) return { why: whyOfTest };
  // What lists say is the same for all alerts of an organization.
  const apart = [...new Map(listed.map((one) => [`${one.organizationId} ${one.isWayOut}`, one])).values()];
  if (apart.some((one) => scopeOf(one, settings) === 'global')) return { why: whyInWords('global', '') };
  const names = new Map(apart.map((one) => [one.organizationId, nameOf(one, settings)]));
  const [[id, name] = [undefined, '']] = names;
  if (names.size > 1) return { why: whyInWords('organization', `${names.size} organizations`) };
  return { why: whyInWords('organization', name), settingsLink: settingsOf(id, baseUrl) };
}

const settingsOf = (organizationId: string | undefined, baseUrl: string): string =>
  `${baseUrl}/organizations/${organizationId}?tab=settings`;

const whyOfTest = 'You get this mail because somebody tests the mail settings.';

interface Description {
  model: MailModel;
  subject: string;
  threadKey: string;
  organizationName: string;
}

function describe(waiting: WaitingMail, { baseUrl }: MailWork, settings: Settings): Description {
  const { alert, alertId, isDirected, isWayOut, receivedAt } = waiting;
  const scope = scopeOf(waiting, settings);
  const { subject, seen, threadKey } = resolveMail(alert, waiting, scope, settings);
  const change = changeOf(waiting).change;
  const model = alertModel({
    alert,
    alertId,
    organizationName: seen.organization.name,
    timeZone: settings.workspace.timeZone,
    receivedAt,
    detail: settings.mail?.eventDetail ?? { respond: true, ioc: true },
    why: isDirected ? whyOfTest : whyInWords(scope, seen.organization.name),
    baseUrl,
    isTest: isDirected,
    ...(waiting.ticket && { ticket: waiting.ticket }),
    ...(scope === 'organization' && { settingsLink: settingsOf(waiting.organizationId, baseUrl) }),
    ...(isWayOut && { wayOut: wayOutOf(waiting) }),
    ...(!isWayOut && change !== undefined && { update: { words: change } }),
  });
  return {
    model,
    subject: subjectOf(subject, seen, markOf(waiting)),
    threadKey: isDirected ? `test ${alertId}` : threadKey,
    organizationName: seen.organization.name,
  };
}

/** Stands before the subject of every way out, for rules of mail programs. */
const ticketPending = 'TICKET PENDING';

function markOf({ isDirected, isWayOut, before }: WaitingMail): string | undefined {
  if (isDirected) return 'TEST';
  if (isWayOut) return ticketPending;
  return before && 'UPDATE';
}

/** Its reasons were said when it was decided: who has not taken it, then what stands in the way. */
function wayOutOf({ trace, connectionName }: WaitingMail): { words: string; connectionName: string } {
  return { words: trace.at(-1) ?? '', connectionName: connectionName ?? 'The PSA' };
}

/** What is told besides the alert itself. */
function changeOf({ isWayOut, trace, before, alert }: WaitingMail): { change?: string } {
  if (isWayOut) return { change: trace[0] ?? '' };
  if (!before) return {};
  const changes = changesInWords(
    { severity: before.severity, ...(before.status && { status: before.status }) },
    alert,
  );
  return changes === '' ? {} : { change: changes };
}

/** In whose format it is: asked again, because the lists may have changed since it was owed. */
function scopeOf(waiting: WaitingMail, settings: Settings): MailScope {
  if (waiting.directedAs) return waiting.directedAs;
  const verdict = recheckMail(waiting, settings);
  return verdict.kind === 'go' ? verdict.scope : 'global';
}

const formatInWords = (waiting: WaitingMail, settings: Settings): string =>
  scopeOf(waiting, settings) === 'organization' ? 'recipients of the organization' : 'global recipients';

const nameOf = ({ organizationId, unassignedReference }: WaitingMail, { organizations }: Settings): string =>
  (organizationId === undefined ? undefined : organizations.get(organizationId)?.name) ??
  unassignedReference ??
  '';

function contentOf(
  {
    model,
    subject,
    threadKey,
    deliveryIds,
  }: Pick<Description, 'model' | 'subject' | 'threadKey'> & { deliveryIds: readonly string[] },
  { channel: { workspaceId, transport }, now }: MailWork,
): MailContent {
  const host = transport.head.from.split('@').at(-1) ?? '';
  return {
    title: subject,
    text: textOf(model),
    model,
    messageId: messageIdOf(deliveryIds, host, workspaceId),
    threadId: threadIdOf(`${workspaceId} ${threadKey}`, host),
    writtenAt: now(),
  };
}

function frozen(
  kind: FrozenMail['kind'],
  mails: readonly WaitingMail[],
  box: Mailbox,
  content: MailContent,
  trace: readonly string[],
): FrozenMail {
  return {
    mailboxId: box.id,
    to: box.address,
    kind,
    content,
    deliveryIds: mails.map(({ id }) => id),
    lane: Math.max(...mails.map(({ lane }) => lane)),
    attempt: 1,
    unclear: 0,
    tries: 0,
    isShort: false,
    seq: box.nextSeq,
    trace,
  };
}

const unwritable = ({ id }: WaitingMail, error: unknown): DeliveryPatch => ({
  id,
  state: 'failed',
  reason: 'unwritable',
  problem: `No text could be made of this alert: ${(error as Error).message}`,
});
