/** What would happen to an alert now, in words and as the ticket would look; built of the same functions, writes nothing (decision 21). */
import type { Alert } from '../alerts/types.ts';
import { composeTicket, type TextLimits } from './compose.ts';
import { organizationOf, planDeliveries } from './deliveries.ts';
import { findOrganization } from './organizations.ts';
import { findOverride, type OverrideMatch } from './overrides.ts';
import { resolve } from './resolve.ts';
import { judge } from './switches.ts';
import type { Connection, Plan, Resolution, Settings } from './types.ts';

export interface Preview {
  /** The plan by the settings of now. */
  plan: Plan;
  /** How it would leave through the connection asked about, even where the plan says that none leaves. */
  resolution: Resolution;
  ticket: { title: string; description: string };
  /** Undefined where tickets of its kind have none. */
  issueTypes?: IssueTypes;
  /** Everything above as sentences, in order. */
  words: string[];
}

/** Ids of the PSA's lists, and which row of the overrides has chosen them (decision 10). */
export interface IssueTypes {
  /** Null: the PSA's own default. */
  issueType: string | null;
  subIssueType: string | null;
  /** Null: the defaults of the step, as no row matches. */
  chosenBy: { by: OverrideMatch['by']; match: string } | null;
}

/** Stands where a real ticket has its own key. */
const exampleKey = 'A-XXXXXXXX';

/** `connection` may be a draft that the settings do not hold yet; then the words say what activating it would change. */
export function preview(
  alert: Alert,
  settings: Settings,
  connection: Connection,
  text: { limits: TextLimits; link: string },
): Preview {
  const plan = planDeliveries(alert, settings);
  const finding = findOrganization(alert, settings);
  const organization = organizationOf(finding);
  const { organizationId, unassignedReference } = plan;
  const resolution = resolve(alert, organizationId, unassignedReference, connection, settings);
  const ticket = composeTicket({ ...text, alert, resolution, key: exampleKey });
  const isTarget = plan.deliveries.some(({ channelId }) => channelId === connection.id);
  const words = [...plan.trace];
  if (!isTarget) words.push(`Shown as if its tickets went to ${connection.name}.`);
  const verdict = judge(organization, connection, alert.severity, settings);
  words.push(verdict.kind === 'go' ? `A ticket goes to ${connection.name}.` : verdict.words);
  words.push(...resolution.trace);
  const issueTypes = issueTypesOf(alert, connection, resolution);
  return { plan, resolution, ticket, ...(issueTypes && { issueTypes }), words };
}

function issueTypesOf(alert: Alert, { tickets }: Connection, { values }: Resolution): IssueTypes | undefined {
  const { issueTypeKey, subIssueTypeKey = '' } = tickets;
  if (issueTypeKey === undefined) return undefined;
  const match = findOverride(alert, tickets);
  return {
    issueType: values[issueTypeKey] ?? null,
    subIssueType: values[subIssueTypeKey] ?? null,
    chosenBy: match ? { by: match.by, match: match.row.match } : null,
  };
}
