// @ts-check
// Finds links in what people write.

const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;
// Longer texts are data rather than conversation, and a page with ten thousand links is slow.
const MAX_LENGTH = 50_000;

/**
 * The pieces of the text, in order; only http and https become links.
 * @param {string} text
 */
export function partsOf(text) {
  const parts = [];
  let end = 0;
  for (const match of text.length > MAX_LENGTH ? [] : text.matchAll(LINK)) {
    const start = match.index ?? 0;
    parts.push({ text: text.slice(end, start), isLink: false }, { text: match[0], isLink: true });
    end = start + match[0].length;
  }
  parts.push({ text: text.slice(end), isLink: false });
  return parts.filter(part => part.text);
}
