/** What would happen to an alert now, in words and as the ticket would look; built of the same functions, writes nothing (decision 21). */
import type { Alert } from '../alerts/types.ts';
import { composeTicket, type TextLimits } from './compose.ts';
import { organizationOf, planDeliveries } from './deliveries.ts';
import { findOrganization } from './organizations.ts';
import { resolve } from './resolve.ts';
import { judge } from './switches.ts';
import type { Connection, Plan, Resolution, Settings } from './types.ts';

export interface Preview {
  /** The plan by the settings of now. */
  plan: Plan;
  /** How it would leave through the connection asked about, even where the plan says that none leaves. */
  resolution: Resolution;
  ticket: { title: string; description: string };
  /** Everything above as sentences, in order. */
  words: string[];
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
  return { plan, resolution, ticket, words };
}
