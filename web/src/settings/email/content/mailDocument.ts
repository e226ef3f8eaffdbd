/**
 * A mail as a page of its own for a frame without scripts. The content security policy holds in the frame too: it takes
 * styles only from elements that carry the nonce of the page, so what stands in attributes is moved there.
 */
export function mailDocument(html: string, nonce: string): string {
  // Before it is read: styles are reported as violations even where nothing is drawn.
  const renamed = html.replace(/<[a-z][^<>]*>/gi, (tag) =>
    tag.replace(/\sstyle="/gi, ` ${held}="`).replace(/^<style/i, `<style nonce="${nonce}"`),
  );
  const parsed = new DOMParser().parseFromString(renamed, 'text/html');
  const rules: string[] = [];
  for (const [i, element] of [...parsed.querySelectorAll(`[${held}]`)].entries()) {
    element.classList.add(`look${i}`);
    // Stronger than the classes of the mail, as an attribute would be.
    rules.push(`.look${i}.look${i}.look${i}.look${i}{${element.getAttribute(held) ?? ''}}`);
    element.removeAttribute(held);
  }
  const sheet = parsed.createElement('style');
  sheet.setAttribute('nonce', nonce);
  sheet.textContent = rules.join('\n').replaceAll('<', '\\3c ');
  parsed.head.prepend(sheet);
  return `<!doctype html>${parsed.documentElement.outerHTML}`;
}

const held = 'data-look';
