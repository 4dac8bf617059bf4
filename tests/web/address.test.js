import test from 'node:test';
import assert from 'node:assert/strict';
import { keyOf, addressOf, pathOf } from '../../src/RvpServer/Web/Client/address.js';

const server = { domain: 'im.adatum.com', mailDomains: ['adatum.com'], port: 80, maxBodyBytes: 131072 };
const jo = 'http://im.adatum.com/instmsg/aliases/JoBrown';

test('one person has one key, however the URL is spelled', () => {
  const spellings = [
    jo, ` ${jo}\n`, jo + '/', 'HTTP://IM.Adatum.com/instmsg/aliases/jobrown', 'http://im.adatum.com:80/instmsg/aliases/JoBrown',
    'http://im.adatum.com/instmsg/aliases/%4AoBrown', 'http://im.adatum.com/x/../instmsg/aliases/JoBrown',
  ];

  assert.deepEqual([...new Set(spellings.map(keyOf))], ['http://im.adatum.com/instmsg/aliases/jobrown']);
});

test('two people have two keys', () => {
  const keys = [jo, jo + '2', jo + '/x', 'http://im.adatum.com:8080/instmsg/aliases/JoBrown', 'https://im.adatum.com/instmsg/aliases/JoBrown', 'http://im.contoso.com/instmsg/aliases/JoBrown'].map(keyOf);

  assert.equal(new Set(keys).size, keys.length);
});

test('a key is its own key', () => {
  for (const url of [jo, jo + '/', jo + '%2Fx', 'http://im.adatum.com/%C3%B6', 'no url', '', '/']) assert.equal(keyOf(keyOf(url)), keyOf(url));
});

test('what is no URL is compared as it is', () => {
  assert.equal(keyOf(' Not A URL/ '), 'not a url');
  assert.equal(keyOf('http://im.adatum.com/%E0%A4%A'), 'http://im.adatum.com/%e0%a4%a');
  assert.equal(keyOf('\ud800'), '\ud800');
});

test('our own people are shown with the domain that they write, others with their host', () => {
  assert.equal(addressOf(jo, server), 'JoBrown@adatum.com');
  assert.equal(addressOf(jo, { ...server, mailDomains: [] }), 'JoBrown@im.adatum.com');
  assert.equal(addressOf('http://im.contoso.com:8080/instmsg/aliases/J%C3%B6', server), 'Jö@im.contoso.com:8080');
});

test('whatever the URL is, something is shown', () => {
  for (const url of ['', 'no url', 'http://im.adatum.com/%', 'http://im.adatum.com/%ff', 'javascript:alert(1)']) assert.equal(typeof addressOf(url, server), 'string');
  assert.equal(addressOf('http://im.contoso.com/', server), 'im.contoso.com');
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
