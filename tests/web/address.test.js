import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { identityOf, domainIn, keyOf, ruleKeyOf, addressOf, pathOf } from '../../src/RvpServer/Web/Client/address.js';

const server = { domain: 'im.adatum.com', mailDomains: ['adatum.com'], port: 80, maxBodyBytes: 131072 };
const jo = 'http://im.adatum.com/instmsg/aliases/JoBrown';

// Lines of URL, host, port and name; or of a URL alone, which names nobody. Backslash and u: a character by its number.
const vectors = readFileSync(new URL('../identities.tsv', import.meta.url), 'utf8').split('\n')
  .filter(line => line && !line.startsWith('#'))
  .map(line => line.split('\t').map(cell => cell.replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)))));

test('a URL is an identity in one form only', () => {
  assert.ok(vectors.length > 60);
  for (const [url, host, port, name] of vectors) {
    assert.deepEqual(identityOf(url), host === undefined ? null : { host, port: Number(port), name }, JSON.stringify(url));
  }
});

test('whoever takes the first host and the last segment of an identity sees the same person', () => {
  for (const [url, host, , name] of vectors.filter(vector => vector.length > 1)) {
    assert.equal(url.split('/')[2].split(':')[0].toLowerCase(), host);
    assert.equal(decodeURIComponent(url.split('/').at(-1).replace(/%(?![0-9a-f]{2})/gi, '%25')), name);
    assert.equal(new URL(url).hostname, host);
  }
});

test('what is no identity is shown as it is, and is like nobody else', () => {
  const people = new Set(vectors.filter(vector => vector.length > 1).map(([url]) => keyOf(url)));
  for (const [url] of vectors.filter(vector => vector.length === 1)) {
    // Around a URL in a document white space may stand.
    if (url.trim() !== url) continue;
    assert.equal(addressOf(url, server), url);
    assert.ok(!people.has(keyOf(url)), JSON.stringify(url));
  }
});

test('one person has one key, however the letters are written', () => {
  const spellings = [
    jo, ` ${jo}\n`, 'http://IM.Adatum.com/INSTMSG/aliases/jobrown', 'http://im.adatum.com:80/instmsg/aliases/JoBrown',
  ];

  assert.deepEqual([...new Set(spellings.map(keyOf))], ['http://im.adatum.com/instmsg/aliases/jobrown']);
  assert.equal(keyOf('http://im.adatum.com/instmsg/aliases/J%C3%B6'), keyOf('http://im.adatum.com/instmsg/aliases/j\u00d6'));
});

test('two people have two keys', () => {
  const keys = [jo, jo + '2', jo + '/x', 'http://im.adatum.com:8080/instmsg/aliases/JoBrown', 'https://im.adatum.com/instmsg/aliases/JoBrown', 'http://im.contoso.com/instmsg/aliases/JoBrown'].map(keyOf);

  assert.equal(new Set(keys).size, keys.length);
});

test('a key is its own key', () => {
  for (const url of [jo, jo + '/', jo + '%2Fx', jo + '%y', jo + '!$+', 'http://im.adatum.com/%C3%B6', 'no url', '', '/', ...vectors.map(([text]) => text)]) assert.equal(keyOf(keyOf(url)), keyOf(url));
});

test('our own people are shown with the domain that they write, others with their host', () => {
  assert.equal(addressOf(jo, server), 'JoBrown@adatum.com');
  assert.equal(addressOf(jo, { ...server, mailDomains: [] }), 'JoBrown@im.adatum.com');
  assert.equal(addressOf('http://im.contoso.com:8080/instmsg/aliases/J%C3%B6', server), 'Jö@im.contoso.com:8080');
  assert.equal(addressOf(`http://evil.example/instmsg/aliases/JoBrown-adatum.com${'-'.repeat(500)}`, server), `JoBrown-adatum.com${'-'.repeat(46)}…@evil.example`);
  assert.equal(addressOf('http://im.adatum.com:8080/instmsg/aliases/JoBrown', server), 'JoBrown@im.adatum.com:8080');
  assert.equal(addressOf('http://im.adatum.com:8080/instmsg/aliases/JoBrown', { ...server, port: 8080 }), 'JoBrown@adatum.com');
});

test('a bare host is a domain', () => {
  assert.deepEqual(['evil.example', ' Evil.Example ', 'http://evil.example', 'http://evil.example/'].map(domainIn), Array(4).fill('evil.example'));
  for (const text of [jo, '', 'evil', 'evil.example/x', 'evil.example:80', 'x@evil.example', 'evil.example.', '.example', 'ev il.example', 'allprincipals']) assert.equal(domainIn(text), '');
  assert.deepEqual([ruleKeyOf('http://Evil.example/'), ruleKeyOf(jo)], ['evil.example', keyOf(jo)]);
});

test('everybody is reached below the own server, with the port of theirs unless it is the usual one', () => {
  const path = '/instmsg/aliases/JoBrown';

  assert.equal(pathOf(jo, 80), '/instmsg/local/im.adatum.com' + path);
  assert.equal(pathOf(jo, 8080), '/instmsg/local/im.adatum.com:80' + path);
  assert.equal(pathOf('http://im.contoso.com:8080' + path, 80), '/instmsg/local/im.contoso.com:8080' + path);
  assert.equal(pathOf('http://im.contoso.com:8080' + path, 8080), '/instmsg/local/im.contoso.com:8080' + path);
});

test('no URL leads out of the own server', () => {
  for (const url of ['http://evil.example/../../x', 'http://evil.example//x', 'http://u:p@evil.example/x?y#z', 'http://evil.example/\\x', 'http://[::1]/x']) assert.match(pathOf(url, 80), /^\/instmsg\/local\/[^/]+\//);
});
