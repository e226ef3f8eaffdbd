/**
 * Which person a request comes from, and what the person may do in which workspace. What is known is at most 2 s old, so
 * whoever is removed or demoted loses it within 5 s (promise Q4), and an ended session at once in the process that ended it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Database, PeopleDatabase } from '../../db/database.ts';
import { notFound, Problem } from '../../errors.ts';
import type { Actor } from '../../http/index.ts';
import type { Cookies } from './cookies.ts';
import { refuseForeign } from './origin.ts';
import { scopesOf } from './roles.ts';
import { findSession, type Membership, type SessionRow, touchSession } from './store.ts';
import { hashToken } from './tokens.ts';

export interface Asking {
  method: string;
  headers: IncomingHttpHeaders;
}

/** A workspace as far as signing in is concerned. */
export interface Place extends Membership {
  name: string;
  isSecondFactorDemanded: boolean;
}

/** A person who has signed in. */
export interface Person {
  session: SessionRow;
  /** All that the person belongs to, by name. */
  places: Place[];
}

export interface Gate {
  /** Whether the request carries a session cookie, so that a key is not what it lacks. */
  isPerson(asking: Asking): boolean;
  /**
   * The actor of the session cookie; undefined when there is no valid session.
   * @throws Problem 403 for a request from another site, or when the person belongs to no workspace
   */
  admit(asking: Asking): Promise<Actor | undefined>;
  /** The person behind a request, without a workspace. @throws Problem 403 for a request from another site */
  find(asking: Asking): Promise<Person | undefined>;
  /** The workspace that the request is about. @throws Problem */
  placeOf(person: Person, asking: Asking): Place;
  /** Whether the last proof is too old for sensitive changes. */
  isOld(session: SessionRow): boolean;
  /** What is known is asked for anew: somebody has just changed it here. */
  forget(): void;
}

export interface GateParts {
  people: PeopleDatabase;
  db: Database;
  cookies: Cookies;
  baseUrl: string;
  /** False in the demo: nobody is asked again. */
  asksAgain: boolean;
  /** Monotonic milliseconds. */
  now?: () => number;
  /** Milliseconds since 1970. */
  wall?: () => number;
}

const knownForMs = 2_000;
const mostKnown = 5_000;
const mostPlaces = 200;
/** ASVS 7.5.1. */
const proofLastsMs = 10 * 60_000;
const touchEveryMs = 60_000;

export function createGate(parts: GateParts): Gate {
  const { people, db, cookies, baseUrl, asksAgain } = parts;
  const { now = () => performance.now(), wall = Date.now } = parts;
  const known = new Map<string, { person: Promise<Person | undefined>; until: number }>();

  async function load(token: string): Promise<Person | undefined> {
    const session = await people.transaction((tx) => findSession(tx, hashToken(token)));
    if (!session) return undefined;
    if (wall() - session.used_at.getTime() > touchEveryMs) {
      await people.transaction((tx) => touchSession(tx, session.id));
    }
    const places = await Promise.all(session.memberships.slice(0, mostPlaces).map((one) => placeOf(db, one)));
    const there = places.filter((place) => place !== undefined);
    return { session, places: there.sort((a, b) => a.name.localeCompare(b.name)) };
  }

  function personOf(token: string): Promise<Person | undefined> {
    const at = now();
    const entry = known.get(token);
    if (entry && entry.until > at) return entry.person;
    if (known.size >= mostKnown) known.clear();
    const person = load(token);
    known.set(token, { person, until: at + knownForMs });
    // A failure is not kept: the next request asks again.
    person.catch(() => known.delete(token));
    return person;
  }

  async function find(asking: Asking): Promise<Person | undefined> {
    if (!cookies.hasSession(asking.headers.cookie)) return undefined;
    refuseForeign(asking, baseUrl);
    const token = cookies.sessionToken(asking.headers.cookie);
    return token === undefined ? undefined : personOf(token);
  }

  function isOld(session: SessionRow): boolean {
    return asksAgain && wall() - session.proven_at.getTime() > proofLastsMs;
  }

  return {
    isPerson: (asking) => cookies.hasSession(asking.headers.cookie),
    find,
    placeOf: choosePlace,
    isOld,
    forget: () => known.clear(),
    async admit(asking) {
      const person = await find(asking);
      if (!person) return undefined;
      const place = choosePlace(person, asking);
      const { session } = person;
      return {
        workspaceId: place.workspaceId,
        userId: session.user_id,
        name: session.name,
        scopes: scopesOf[place.role],
        proof: {
          lacksSecondFactor: place.isSecondFactorDemanded && session.second_factor_at === null,
          isOld: isOld(session),
        },
      };
    },
  };
}

async function placeOf(db: Database, membership: Membership): Promise<Place | undefined> {
  const { workspaceId } = membership;
  const { rows } = await db.reserve.inWorkspace(workspaceId, (tx) =>
    tx.query<{ name: string; second_factor: boolean }>(
      'select name, second_factor from workspaces where id = $1',
      [workspaceId],
    ),
  );
  const [row] = rows;
  return row && { ...membership, name: row.name, isSecondFactorDemanded: row.second_factor };
}

const noPlace = new Problem(
  403,
  'noWorkspace',
  'You do not belong to a workspace any more. Ask an administrator to invite you.',
);

function choosePlace({ places }: Person, { headers }: Asking): Place {
  const wanted = headers['herald-workspace'];
  const place = wanted === undefined ? places[0] : places.find(({ workspaceId }) => workspaceId === wanted);
  if (places.length === 0) throw noPlace;
  if (!place) throw notFound('workspace');
  return place;
}
