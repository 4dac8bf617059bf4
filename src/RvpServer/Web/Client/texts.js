// @ts-check
// What the page says, in the user's language. English is in the sources and names each text; texts-LANGUAGE.js has the others.

/** @typedef {Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>} Texts a text, or one for each way to count */

/** The languages, as their speakers call them. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español', ja: '日本語', ar: 'العربية' };

/** @typedef {keyof typeof LANGUAGES} Language */

const RIGHT_TO_LEFT = ['ar'];
const HEBREW_AND_ARABIC = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** @type {Language} */
let language = 'en';
/** @type {Texts} */
let texts = {};
let plural = new Intl.PluralRules('en');
let number = new Intl.NumberFormat('en');

/**
 * From now on the page is in this language; without one, in the first of the browser's that there is.
 * @param {string} [wish]
 */
export async function speak(wish) {
  const wished = [wish, ...navigator.languages].map(tag => tag?.split('-')[0]).find(tag => tag && Object.hasOwn(LANGUAGES, tag));
  const found = /** @type {Language} */ (wished ?? 'en');
  try {
    texts = found === 'en' ? {} : (await import(`./texts-${found}.js`)).default;
    language = found;
  } catch {
    // The server is away: what the page has said so far goes on.
  }
  plural = new Intl.PluralRules(locale());
  number = new Intl.NumberFormat(locale());
  document.documentElement.lang = language;
  document.documentElement.dir = isRightToLeft() ? 'rtl' : 'ltr';
}

/** For dates, numbers and order: the browser's own form of the language, if it has one. */
export const locale = () => globalThis.navigator?.languages?.find(tag => tag.split('-')[0] === language) ?? language;

const isRightToLeft = () => RIGHT_TO_LEFT.includes(language);

/**
 * t('{0} has left', name). What is filled in is text of its own: it is not read for places again, and keeps its direction to itself.
 * @param {string} text
 * @param {...(string | number)} values
 */
export function t(text, ...values) {
  const found = texts[text];
  return fill(typeof found === 'string' ? found : text, values);
}

/**
 * tn(3, 'one line', '{0} lines'): {0} is the count, and other values follow.
 * @param {number} count
 * @param {string} one
 * @param {string} many by which other languages find theirs
 * @param {...(string | number)} values
 */
export function tn(count, one, many, ...values) {
  const found = texts[many];
  const english = plural.select(count) === 'one' ? one : many;
  return fill(typeof found === 'object' ? found[plural.select(count)] ?? found.other ?? many : english, [count, ...values]);
}

/**
 * A text with elements in its places.
 * @param {string} text
 * @param {...Node} nodes
 */
export function around(text, ...nodes) {
  return t(text).split(/\{(\d)\}/).map((piece, i) => (i % 2 ? nodes[Number(piece)] : piece)).filter(piece => piece !== '');
}

/**
 * @param {string} text
 * @param {(string | number)[]} values
 */
const fill = (text, values) => text.replace(/\{(\d)\}/g, (place, index) => {
  const value = values[Number(index)];
  return value === undefined ? place : typeof value === 'number' ? number.format(value) : apart(value);
});

/** @param {string} text */
const apart = text => (HEBREW_AND_ARABIC.test(text) !== isRightToLeft() && text ? `\u2068${text}\u2069` : text);
