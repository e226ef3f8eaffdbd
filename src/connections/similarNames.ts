/**
 * Which account a customer most likely is, by their names alone: the same but for case, accents, punctuation and legal form,
 * or else nearly the same. It only suggests; a person accepts. Pure.
 */

export interface Named {
  id: string;
  name: string;
}

export interface NameMatch {
  id: string;
  accountId: string;
  match: 'exact' | 'near';
  /** From 0 to 1; 1 for an exact match. */
  score: number;
}

/** Below this, names have too little in common to be worth a look. */
const leastScore = 0.6;
/** Two accounts closer than this to each other are equally good: then there is no suggestion. */
const leastLead = 0.02;

/** Legal forms at the end of a name, as folding leaves them. */
const legalForms = new Set(
  'ab ag as asa bv bvba co company corp corporation eg ev gbr gmbh inc incorporated kft kg kgaa limited llc llp lp ltd nv ohg oy oyj plc pllc pc pte pty pvt sa sarl sas sl spa srl sro ug'.split(
    ' ',
  ),
);

/** The words of a name in lower case, without accents, punctuation and legal forms. */
export function foldName(name: string): string[] {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    // "S.A." and "O'Neill" are one word each.
    .replace(/(?<=\b\p{L})\.(?=\p{L}\b)/gu, '')
    .replace(/['’`]/g, '');
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '' && word !== 'and');
  let end = words.length;
  // A name that is nothing but legal forms keeps its first word.
  while (end > 1 && legalForms.has(words[end - 1] ?? '')) end -= 1;
  return words.slice(0, end);
}

interface Folded {
  id: string;
  /** Words joined, by which equal names are found. */
  key: string;
  trigrams: Set<string>;
}

function fold({ id, name }: Named): Folded {
  const words = foldName(name);
  const trigrams = new Set<string>();
  for (const word of words) {
    const padded = `  ${word} `;
    for (let at = 0; at + 3 <= padded.length; at += 1) trigrams.add(padded.slice(at, at + 3));
  }
  return { id, key: words.join(' '), trigrams };
}

/** One match per customer at most; none where several accounts are equally good. */
export function matchNames(customers: readonly Named[], accounts: readonly Named[]): NameMatch[] {
  const folded = accounts.map(fold);
  const byKey = Map.groupBy(folded, ({ key }) => key);
  const near = createNear(folded);
  return customers.flatMap((customer): NameMatch[] => {
    const wanted = fold(customer);
    if (wanted.key === '') return [];
    const [same, ...others] = byKey.get(wanted.key) ?? [];
    if (same)
      return others.length > 0 ? [] : [{ id: customer.id, accountId: same.id, match: 'exact', score: 1 }];
    const found = near(wanted);
    return found ? [{ id: customer.id, accountId: found.id, match: 'near', score: found.score }] : [];
  });
}

/** Answers the account whose trigrams have most in common with those of a name (Dice's coefficient). */
function createNear(accounts: readonly Folded[]) {
  const placesOf = new Map<string, number[]>();
  for (const [place, { trigrams }] of accounts.entries()) {
    for (const trigram of trigrams) {
      const places = placesOf.get(trigram);
      if (places) places.push(place);
      else placesOf.set(trigram, [place]);
    }
  }
  return ({ trigrams }: Folded): { id: string; score: number } | undefined => {
    let best: { id: string; score: number } | undefined;
    let second = 0;
    for (const place of candidates(trigrams, placesOf)) {
      const account = accounts[place] as Folded;
      const score = similarity(trigrams, account.trigrams);
      if (!best || score > best.score) {
        second = best?.score ?? 0;
        best = { id: account.id, score };
      } else if (score > second) second = score;
    }
    if (!best || best.score < leastScore || best.score - second < leastLead) return undefined;
    return { id: best.id, score: Math.round(best.score * 1_000) / 1_000 };
  };
}

/**
 * Places of all accounts that can reach the least score: they share so many trigrams with the name that at least one is
 * among its rarest, so the lists of those that everybody has are not read.
 */
function candidates(trigrams: ReadonlySet<string>, placesOf: ReadonlyMap<string, number[]>): Set<number> {
  const lists = [...trigrams].map((trigram) => placesOf.get(trigram) ?? []);
  lists.sort((a, b) => a.length - b.length);
  const leastShared = Math.ceil((leastScore / (2 - leastScore)) * trigrams.size);
  return new Set(lists.slice(0, trigrams.size - leastShared + 1).flat());
}

function similarity(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  let common = 0;
  for (const trigram of some) if (others.has(trigram)) common += 1;
  return (2 * common) / (some.size + others.size);
}
