/** Text that this browser keeps under a name; a browser may be full, or keep nothing. */

/** Null when nothing is kept, or nothing can be read. */
export function readText(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Null forgets it. Answers whether the browser has done it. */
export function writeText(name: string, text: string | null): boolean {
  try {
    if (text === null) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}
