/** A look through a whole chain is costly, and whoever reads may ask for one (ASVS 15.2.2). */
import { isOurs, type SignedHead, type Verdict, type VerifyParts, verifyChain } from './verify.ts';

export type Verifier = (workspaceId: string, signed?: SignedHead) => Promise<Verdict>;

/**
 * One look at a time per workspace. Whoever asks for the same while it is under way gets its verdict, which tells of the
 * chain as it was when that look began; a look with another exported end waits for its turn.
 */
export function createVerifier(parts: VerifyParts, look: typeof verifyChain = verifyChain): Verifier {
  const underWay = new Map<string, Map<string, Promise<Verdict>>>();

  function inTurn(workspaceId: string, signed: SignedHead | undefined): Promise<Verdict> {
    const ofWorkspace = underWay.get(workspaceId) ?? new Map<string, Promise<Verdict>>();
    const about = JSON.stringify(signed ?? null);
    const same = ofWorkspace.get(about);
    if (same) return same;
    const last = [...ofWorkspace.values()].at(-1) ?? Promise.resolve();
    const verdict = last
      // Whoever asked for that one is told.
      .catch(() => undefined)
      .then(() => look(parts, workspaceId, signed))
      .finally(() => {
        ofWorkspace.delete(about);
        if (ofWorkspace.size === 0) underWay.delete(workspaceId);
      });
    ofWorkspace.set(about, verdict);
    underWay.set(workspaceId, ofWorkspace);
    return verdict;
  }

  return async (workspaceId, signed) => {
    // A made-up end is refused before any look, and stands in nobody's way.
    const isRefused = signed !== undefined && !(await isOurs(parts, workspaceId, signed));
    return isRefused ? look(parts, workspaceId, signed) : inTurn(workspaceId, signed);
  };
}
