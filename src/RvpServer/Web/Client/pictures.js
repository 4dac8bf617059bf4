// @ts-check
// Pictures of people at our own server, which gives them to this page alone: what it gets becomes part of the page.

const AT_ONCE = 2;
const MAX_KEPT = 1000;

/** @type {Map<string, Promise<string>>} */
const kept = new Map();
/** @type {(() => void)[]} */
const waiting = [];
/** @type {Set<string>} */
const changed = new Set();
let asked = 0;

/**
 * Somebody's picture as a data URL; empty if there is none.
 * @param {string} url
 */
export function pictureOf(url) {
  let picture = kept.get(url);
  if (!picture) {
    if (kept.size >= MAX_KEPT) kept.clear();
    picture = inTurn(() => load(url));
    kept.set(url, picture);
  }
  return picture;
}

/** @param {string} url of somebody who has another picture now */
export function forgetPicture(url) {
  kept.delete(url);
  changed.add(url);
}

/** @param {string} url */
async function load(url) {
  try {
    const answer = await fetch(new URL(`picture?of=${encodeURIComponent(url)}`, document.baseURI), {
      headers: { 'RVP-Client': 'web' }, credentials: 'same-origin', cache: changed.delete(url) ? 'reload' : 'default',
    });
    return answer.status === 200 ? await dataOf(await answer.blob()) : '';
  } catch {
    return '';
  }
}

/**
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
const dataOf = blob => new Promise(resolve => {
  const reader = new FileReader();
  reader.onloadend = () => resolve(String(reader.result ?? ''));
  reader.readAsDataURL(blob);
});

/**
 * A long list must not stand in the way of messages.
 * @template T
 * @param {() => Promise<T>} work
 */
async function inTurn(work) {
  if (asked >= AT_ONCE) await new Promise(resolve => waiting.push(() => resolve(undefined)));
  asked++;
  try {
    return await work();
  } finally {
    asked--;
    waiting.shift()?.();
  }
}
