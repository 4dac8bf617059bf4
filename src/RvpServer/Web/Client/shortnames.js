// @ts-check
// Short names of emoji in what is being written, like :smile:.

const NAME = /:([a-z0-9_+-]{1,30}):/g;
const BEGUN = /(?:^|[^\p{L}\p{N}:`]):([a-z0-9_+-]{2,30})$/u;
// Longer texts are data rather than conversation.
const MAX_LENGTH = 50_000;

/** @param {string} text */
export const hasName = text => text.length <= MAX_LENGTH && /:[a-z0-9_+-]{2}/.test(text);

/**
 * The name that is being written before the cursor; null if there is none.
 * @param {string} text
 * @param {number} cursor
 */
export function begunAt(text, cursor) {
  const found = BEGUN.exec(text.slice(Math.max(0, cursor - 40), cursor));
  return found && { wanted: found[1], start: cursor - found[1].length - 1 };
}

/**
 * Names that are known become what they mean, except in code.
 * @param {string} text
 * @param {(name: string) => { sign: string } | undefined} find
 */
export function replaceNames(text, find) {
  if (!hasName(text)) return text;
  const pieces = text.split('`');
  return pieces.map((piece, i) => (i % 2 && i < pieces.length - 1 ? piece : piece.replace(NAME, (whole, name) => find(name)?.sign ?? whole))).join('`');
}
