/**
 * A bounded room that many share, so that nobody can shut the others out (promise P11): whoever has something in it
 * may have at most twice of what is still free. Alone, one gets two thirds; a newcomer always finds a place.
 */

/** Who wants to enter: a part (an API key) of an owner (a workspace). */
export interface Entrant {
  owner: string;
  part: string;
}

/** Taken: how to give the place back. Else why there is none: the room is full, or this one has its share of it. */
export type Place = { kind: 'taken'; leave(): void } | { kind: 'full' | 'share' };

export interface FairShare {
  /** Takes place for `size`, in the unit of the room. */
  enter(entrant: Entrant, size: number): Place;
  readonly used: number;
}

const multiple = 2;

export function createFairShare(room: number): FairShare {
  const held = new Map<string, number>();
  let used = 0;

  const add = (name: string, size: number): void => {
    const sum = (held.get(name) ?? 0) + size;
    if (sum > 0) held.set(name, sum);
    else held.delete(name);
  };
  /** The same rule for parts of an owner, whose room is what an owner can have at most. */
  const ownersRoom = (room * multiple) / (multiple + 1);

  function whyNot({ owner, part }: Entrant, size: number): 'full' | 'share' | undefined {
    if (used + size > room) return 'full';
    const ofOwner = (held.get(owner) ?? 0) + size;
    const ofPart = (held.get(`${owner} ${part}`) ?? 0) + size;
    // Something that is alone in its room is taken however large it is.
    if (ofOwner > size && ofOwner > multiple * (room - used - size)) return 'share';
    if (ofPart > size && ofPart > multiple * (ownersRoom - ofOwner)) return 'share';
    return undefined;
  }

  return {
    enter({ owner, part }, size) {
      const kind = whyNot({ owner, part }, size);
      if (kind) return { kind };
      const partName = `${owner} ${part}`;
      used += size;
      add(owner, size);
      add(partName, size);
      let isIn = true;
      return {
        kind: 'taken',
        leave() {
          if (!isIn) return;
          isIn = false;
          used -= size;
          add(owner, -size);
          add(partName, -size);
        },
      };
    },
    get used() {
      return used;
    },
  };
}
