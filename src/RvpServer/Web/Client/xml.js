// @ts-check
// XML as RVP writes it: exactly the prefixes d, r and a, no white space between elements.

export const DAV = 'DAV:';
export const RVP = 'http://schemas.microsoft.com/rvp/';
export const ACL = 'http://schemas.microsoft.com/rvp/acl/';
/** Properties of the web client. */
export const PRIVATE = 'urn:rvpserver:private';

export const NAMES = `xmlns:d='${DAV}' xmlns:r='${RVP}' xmlns:a='${ACL}'`;
export const PROLOG = '<?xml version="1.0"?>';

// The only place where text becomes a tree; the tree is never put into the page.
const policy = /** @type {{ trustedTypes?: TrustedTypes }} */ (globalThis).trustedTypes?.createPolicy('rvp-xml', { createHTML: text => text });

/** @typedef {{ createPolicy(name: string, rules: { createHTML(text: string): string }): { createHTML(text: string): string } }} TrustedTypes */

/**
 * The root element. The server checks that its documents are well-formed, so what a browser still cannot read is left out rather than refused: one odd message
 * must not block the others.
 * @param {string} text
 */
export function parse(text) {
  return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, 'text/xml').documentElement;
}

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
