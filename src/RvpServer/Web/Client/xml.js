// @ts-check
// XML as RVP writes it: exactly the prefixes d, r and a, no white space between elements.

export const DAV = 'DAV:';
export const RVP = 'http://schemas.microsoft.com/rvp/';
export const ACL = 'http://schemas.microsoft.com/rvp/acl/';
/** What the server keeps of conversations. */
export const HISTORY = 'urn:rvpserver:history';
/** Properties of the web client. */
export const PRIVATE = 'urn:rvpserver:private';

export const NAMES = `xmlns:d='${DAV}' xmlns:r='${RVP}' xmlns:a='${ACL}'`;
export const PROLOG = '<?xml version="1.0"?>';

// The only place where text becomes a tree; the tree is never put into the page.
const policy = /** @type {{ trustedTypes?: TrustedTypes }} */ (globalThis).trustedTypes?.createPolicy('rvp-xml', { createHTML: text => text });

/** @typedef {{ createPolicy(name: string, rules: { createHTML(text: string): string }): { createHTML(text: string): string } }} TrustedTypes */

/**
 * The root element. The server checks that its documents are well-formed; what a browser still cannot read is left out rather than refused.
 * @param {string} text
 */
export function parse(text) {
  return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, 'text/xml').documentElement;
}

// What a document that is well-formed and has no DTD consists of, besides text.
const TOKEN = /<!\[CDATA\[[^]*?\]\]>|<!--[^]*?-->|<\?[^]*?\?>|<(?:[^<>"']|"[^"]*"|'[^']*')*>/g;

/**
 * The notifications in an answer to POLL.
 * @param {string} text
 */
export const notificationsIn = text => elementsIn(text, RVP, 'notification');

/**
 * The children of a root. If the browser cannot read the whole, each is read by itself, so that a bad one costs only itself.
 * @param {string} text
 * @param {string} space
 * @param {string} name
 */
export function elementsIn(text, space, name) {
  const root = parse(text);
  const roots = isBroken(root) ? childrenAlone(text).map(parse).filter(alone => !isBroken(alone)) : [root];
  return roots.flatMap(one => children(one, space, name));
}

/**
 * A document for each child of the root.
 * @param {string} text well-formed for the server, if not for this browser
 */
export function childrenAlone(text) {
  const documents = [];
  let [depth, start, opening] = [0, 0, ''];
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    const index = match.index ?? 0;
    if (/^<[!?]/.test(token)) continue;
    const isEnd = token.startsWith('</');
    if (!isEnd && depth === 0) opening = token;
    if (!isEnd && depth === 1) start = index;
    depth += isEnd ? -1 : token.endsWith('/>') ? 0 : 1;
    if (depth === 1 && (isEnd || token.endsWith('/>'))) documents.push(`${opening}${text.slice(start, index + token.length)}</${nameIn(opening)}>`);
  }
  return documents;
}

/** @param {string} tag */
const nameIn = tag => tag.slice(1).split(/[\s/>]/)[0];

/** @param {Element} root */
const isBroken = root => root.localName === 'parsererror' || root.getElementsByTagName('parsererror').length > 0;

/**
 * @param {Element | null} element
 * @param {string} space
 * @param {string} name
 */
export function children(element, space, name) {
  return element ? [...element.children].filter(child => child.localName === name && child.namespaceURI === space) : [];
}

/**
 * Follows a path of [namespace, name] pairs; null if it ends early.
 * @param {Element | null} element
 * @param {...[space: string, name: string]} path
 */
export function find(element, ...path) {
  return path.reduce((found, [space, name]) => children(found, space, name)[0] ?? null, element);
}

/**
 * @param {Element | null} element
 * @param {...[space: string, name: string]} path
 */
export function textOf(element, ...path) {
  return find(element, ...path)?.textContent?.trim() ?? '';
}

/**
 * Text that XML can contain: control characters and lone surrogates become U+FFFD.
 * @param {string} text
 */
export function clean(text) {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

/** @param {string} text */
export function escape(text) {
  return clean(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/\r/g, '&#13;');
}

/** @param {string} text */
export function cdata(text) {
  return `<![CDATA[${clean(text).replace(/]]>/g, ']]]]><![CDATA[>')}]]>`;
}
