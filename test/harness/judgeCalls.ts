/** (d) of the checker: calls as the PSA has seen them, held against what Herald may make (promise P8). Pure. */
import type { RecordedRequest } from './simulator.ts';

/** What a test did that changes the rules. */
export interface CallRules {
  /** How often the PSA began to refuse the login. */
  brokenLogins: number;
  /** Logins that a person tried in each of those times, and that were refused. */
  refusedByHand: number;
}

export const usualRules: CallRules = { brokenLogins: 0, refusedByHand: 0 };

/** A look-up of the zone carries no credentials, and the vendor does not count it. */
const isCounted = ({ path }: RecordedRequest): boolean => !/zoneInformation/i.test(path);

const beganAt = ({ time }: RecordedRequest): number => Date.parse(time);
/** One that was never answered is under way for ever. */
const endedAt = (request: RecordedRequest): number =>
  beganAt(request) + (request.ms ?? Number.POSITIVE_INFINITY);

/** The most calls that any window had. Requests are in order. */
export function worstWindow(requests: readonly RecordedRequest[], windowMs: number): number {
  const times = requests.filter(isCounted).map(beganAt);
  let from = 0;
  let most = 0;
  for (const [to, time] of times.entries()) {
    while ((times[from] ?? time) <= time - windowMs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/**
 * After the first refused login nothing more is called than what was under way then, and one renewal; until a person has
 * acted. Answers what is wrong, in sentences.
 */
export function judgeLogins(requests: readonly RecordedRequest[], rules: CallRules): string[] {
  const broken = brokenLogins(requests.filter(isCounted));
  const findings = broken.flatMap(({ refused, underWay }) => {
    const most = underWay + 1 + rules.refusedByHand;
    return refused > most ? [`${refused} calls were refused with 401, at most ${most} may be`] : [];
  });
  if (broken.length !== rules.brokenLogins) {
    const refused = broken.reduce((sum, one) => sum + one.refused, 0);
    findings.push(
      `the login was refused at ${broken.length} times instead of ${rules.brokenLogins}: ${refused} calls with 401`,
    );
  }
  return findings;
}

export interface BrokenLogin {
  /** Calls that were refused with 401. */
  refused: number;
  /** Calls that were under way when the first of them was answered, itself included. */
  underWay: number;
}

/** Each time from the first refused login to the first call that succeeds again. */
export function brokenLogins(requests: readonly RecordedRequest[]): BrokenLogin[] {
  const found: BrokenLogin[] = [];
  let left = requests;
  for (;;) {
    const refused = left.filter(({ status }) => status === 401);
    if (refused.length === 0) return found;
    const answered = Math.min(...refused.map(endedAt));
    const works = left.find((request) => isDone(request) && beganAt(request) > answered);
    const end = works ? beganAt(works) : Number.POSITIVE_INFINITY;
    found.push({
      refused: refused.filter((request) => beganAt(request) < end).length,
      underWay: left.filter((request) => beganAt(request) <= answered && endedAt(request) >= answered).length,
    });
    left = left.filter((request) => beganAt(request) >= end);
  }
}

const isDone = ({ status }: RecordedRequest): boolean => status !== null && status < 300;
