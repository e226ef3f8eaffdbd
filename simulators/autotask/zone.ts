import { type Answer, jsonAnswer } from '../common/answers.ts';
import { refuse, texts } from './refusals.ts';
import type { Tenant } from './tenant.ts';

/** The tenant's database id: any number will do, but always the same. */
const databaseId = 123456;

/** Path of the zone in which the tenant lives now; empty for the one it started in. */
export function zonePath(tenant: Tenant): string {
  return tenant.settings.zoneMoved ? '/zone2' : '';
}

/** `zoneInformation`: needs no credentials and takes no thread (fact sheet autotask §1.1). */
export function zoneInformation(tenant: Tenant, origin: string, user: string | null): Answer {
  const isKnown = user?.toLowerCase() === tenant.settings.credentials.username.toLowerCase();
  if (!isKnown) return refuse(texts.unknownZone);
  const slash = tenant.settings.zoneDoubleSlash ? '//' : '/';
  return jsonAnswer(200, {
    zoneName: tenant.settings.zoneMoved ? 'Simulated Zone 2' : 'Simulated Zone 1',
    url: `${origin}${zonePath(tenant)}${slash}ATServicesRest/`,
    webUrl: `${origin}/`,
    ci: databaseId,
  });
}

/** Lists a version that does not exist yet, as the vendor does (fact sheet autotask §1.1). */
export function versionInformation(): Answer {
  return jsonAnswer(200, { apiVersions: ['V1.0', 'V2.0'] });
}
