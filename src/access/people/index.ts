/** People: how they sign in, what they may do, and the routes of both. */
import type { Logger } from 'pino';
import type { Database, PeopleDatabase } from '../../db/database.ts';
import { openPeople } from '../../db/database.ts';
import type { Plugin } from '../../http/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import { deriveKey, type MasterKey, type SecretBox } from '../../secrets/index.ts';
import { authSecrets, createAuth } from './auth.ts';
import { authRoutes } from './authRoutes.ts';
import { createCookies } from './cookies.ts';
import { demoRoutes } from './demo.ts';
import { firstAdministratorRoutes, makeFirstLink, makeNamedAdministrator } from './firstAdministrator.ts';
import { createGate, type Gate } from './gate.ts';
import { invitationRoutes } from './invitationRoutes.ts';
import { openInvitationRoutes } from './invitations.ts';
import { endInvitationsOfEnvironment, marksOfKey } from './keyInvitations.ts';
import { createKnownDevices } from './knownDevices.ts';
import { refuseForeign } from './origin.ts';
import { ownRoutes } from './ownRoutes.ts';
import { createHasher } from './passwords.ts';
import { sessionRoutes } from './sessionRoutes.ts';
import { createSignOnClient } from './singleSignOn/client.ts';
import { openSignOnRoutes } from './singleSignOn/openRoutes.ts';
import { singleSignOnRoutes } from './singleSignOn/routes.ts';
import { sweepPeople } from './store.ts';
import { createThrottle } from './throttle.ts';
import { userRoutes } from './userRoutes.ts';

export interface PeopleParts {
  databaseUrl: string;
  db: Database;
  baseUrl: string;
  masterKeys: readonly [MasterKey, ...MasterKey[]];
  secretBox: SecretBox;
  outbound: Outbound;
  log: Logger;
  defaultWorkspaceId: string;
  /** HERALD_API_KEY: what was made with an earlier one ends. */
  apiKey?: string | undefined;
  /** In the demo: one click signs in, nobody is asked again, no second factor. */
  demo?: { psaUrl: string; mailUrl: string } | undefined;
}

export interface People {
  /** For changes that also end what people were given. */
  database: PeopleDatabase;
  gate: Gate;
  /** Signing in; these routes find out by themselves who asks. */
  openRoutes: Plugin;
  /** Below /api/v1. */
  routes: Plugin[];
  /** Makes the administrator of the environment, or answers the link by which the first one can be made. */
  begin(named: { email: string; password: string } | undefined): Promise<string | undefined>;
  close(): Promise<void>;
}

const sweepEveryMs = 3_600_000;

export function createPeople(parts: PeopleParts): People {
  const { db, baseUrl, log, secretBox, defaultWorkspaceId, demo } = parts;
  const people = openPeople({ url: parts.databaseUrl });
  const secrets = authSecrets(parts.masterKeys);
  const cookies = createCookies(baseUrl, secrets[0]?.value ?? '');
  const devices = createKnownDevices({
    people,
    cookies,
    secret: deriveKey(parts.masterKeys[0], 'known-devices'),
  });
  const hasher = createHasher();
  const environmentMarks = marksOfKey(parts.apiKey, parts.masterKeys);
  const throttle = createThrottle(people);
  const gate = createGate({ people, db, cookies, baseUrl, asksAgain: demo === undefined });
  const auth = createAuth({ people, baseUrl, secrets, cookies, hasher, throttle, log });
  const shared = {
    people,
    db,
    gate,
    hasher,
    throttle,
    cookies,
    devices,
    baseUrl,
    log,
    auth,
    demo,
    defaultWorkspaceId,
  };
  const client = createSignOnClient(parts.outbound);
  const sweep = () =>
    people.transaction(sweepPeople).catch((error) => log.warn({ err: error }, 'people.sweep.failed'));
  const timer = setInterval(sweep, sweepEveryMs);
  timer.unref();

  return {
    database: people,
    gate,
    openRoutes: guarded(baseUrl, [
      authRoutes(shared),
      sessionRoutes(shared),
      ownRoutes(shared),
      openInvitationRoutes(shared),
      firstAdministratorRoutes(shared),
      openSignOnRoutes({ ...shared, secretBox, client }),
      ...(demo ? [demoRoutes(shared)] : []),
    ]),
    routes: [
      userRoutes(shared),
      invitationRoutes({ ...shared, environmentMark: environmentMarks[0] }),
      singleSignOnRoutes({ ...shared, secretBox }),
    ],
    async begin(named) {
      await sweep();
      await endInvitationsOfEnvironment(people, environmentMarks);
      if (named) await makeNamedAdministrator(shared, named);
      return demo ? undefined : makeFirstLink(shared);
    },
    async close() {
      clearInterval(timer);
      await people.close();
    },
  };
}

/** Nothing of a request from another site is read, whatever the route. */
function guarded(baseUrl: string, plugins: readonly Plugin[]): Plugin {
  return async (app) => {
    app.addHook('onRequest', async (request) => refuseForeign(request, baseUrl));
    for (const plugin of plugins) await plugin(app);
  };
}
