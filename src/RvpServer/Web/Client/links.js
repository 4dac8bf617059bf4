// @ts-check
// Finds links in what people write.

const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;
// Longer texts are data rather than conversation, and a page with ten thousand links is slow.
const MAX_LENGTH = 50_000;

/**
 * The pieces of the text, in order; those that are links have where the browser would go, in its own letters: it may be somewhere else than the text looks
 * like. Only http and https become links, and nothing with a user name, which looks like a host.
 * @param {string} text
 * @returns {{ text: string, href?: string }[]}
 */
export function partsOf(text) {
  /** @type {{ text: string, href?: string }[]} */
  const parts = [];
  let end = 0;
  for (const match of text.length > MAX_LENGTH ? [] : text.matchAll(LINK)) {
    const start = match.index ?? 0;
    const href = hrefOf(match[0]);
    if (!href) continue;
    parts.push({ text: text.slice(end, start) }, { text: match[0], href });
    end = start + match[0].length;
  }
  parts.push({ text: text.slice(end) });
  return parts.filter(part => part.text);
}

/** @param {string} text */
function hrefOf(text) {
  try {
    const url = new URL(text);
    return url.username || url.password ? '' : url.href;
  } catch {
    return '';
  }
}
