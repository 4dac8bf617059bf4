// @ts-check
// Finds links in what people write.

// A word that begins like one; no letter or digit stands before it.
const LINK = /(^|[^\p{L}\p{N}_])((?:https?:\/\/|www\.|mailto:)[^\s<>]+)/giu;
const ADDRESS = /^mailto:[^\s@?&%#"]+@[\p{L}\p{N}.-]+$/iu;
const CLOSING = '.,;:!?…\'"»«”“’‘)]}*_`';
/** @type {Record<string, string>} */
const OPENING = { ')': '(', ']': '[', '}': '{' };
// Longer texts are data rather than conversation, and a page with ten thousand links is slow.
const MAX_LENGTH = 50_000;

/**
 * The pieces of the text, in order; those that are links have where the browser would go, in its own letters: it may be somewhere else than the text looks
 * like. Only web and mail addresses become links, and nothing with a user name, which looks like a host.
 * @param {string} text
 * @returns {{ text: string, href?: string }[]}
 */
export function partsOf(text) {
  /** @type {{ text: string, href?: string }[]} */
  const parts = [];
  let end = 0;
  for (const match of text.length > MAX_LENGTH ? [] : text.matchAll(LINK)) {
    const start = (match.index ?? 0) + match[1].length;
    const word = trim(match[2]);
    const href = hrefOf(word);
    if (!href) continue;
    parts.push({ text: text.slice(end, start) }, { text: word, href });
    end = start + word.length;
  }
  parts.push({ text: text.slice(end) });
  return parts.filter(part => part.text);
}

/**
 * What a link shows: its text where that says where it leads, otherwise where it leads.
 * @param {string} text
 * @param {string} href
 */
export function labelOf(text, href) {
  const written = /^www\./i.test(text) ? 'https://' + text : text;
  return href.toLowerCase().replace(/\/$/, '') === written.toLowerCase().replace(/\/$/, '') ? text : href;
}

/**
 * Without the marks of the sentence around it: a bracket belongs to the link if it was opened there, and a quotation mark if there is another one.
 * @param {string} word
 */
function trim(word) {
  const counts = new Map();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const count = (/** @type {string} */ letter) => counts.get(letter) ?? 0;
  let end = word.length;
  for (; end > 0 && CLOSING.includes(word[end - 1]); end--) {
    const last = word[end - 1];
    if (OPENING[last] && count(last) <= count(OPENING[last])) break;
    if ((last === '"' || last === "'") && count(last) % 2 === 0) break;
    counts.set(last, count(last) - 1);
  }
  return word.slice(0, end);
}

/** @param {string} text */
function hrefOf(text) {
  if (/^mailto:/i.test(text)) return ADDRESS.test(text) ? text : '';
  try {
    const url = new URL(/^www\./i.test(text) ? 'https://' + text : text);
    return url.username || url.password || !url.hostname.includes('.') && /^www\./i.test(text) ? '' : url.href;
  } catch {
    return '';
  }
}
