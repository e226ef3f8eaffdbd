/** Which workspace somebody with several has chosen; kept in this browser. Nobody else has to choose. */

const place = 'herald.workspace';

/** From now on every call is about it. */
export const chooseWorkspace = (id: string): void => localStorage.setItem(place, id);

/** Back to the first one, as the server chooses. */
export const forgetWorkspace = (): void => localStorage.removeItem(place);

/** The header that names it; none while nothing was chosen. */
export function workspaceHeader(): Record<string, string> {
  const chosen = localStorage.getItem(place);
  return chosen === null ? {} : { 'herald-workspace': chosen };
}
