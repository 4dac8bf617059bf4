import test from 'node:test';
import assert from 'node:assert/strict';
import { partsOf } from '../../src/RvpServer/Web/Client/links.js';

const linksIn = text => partsOf(text).filter(part => part.isLink).map(part => part.text);

test('links are found, and the sentence around them keeps its marks', () => {
  assert.deepEqual(partsOf('See https://adatum.com/a?b=c#d, or (http://x.example).'), [
    { text: 'See ', isLink: false }, { text: 'https://adatum.com/a?b=c#d', isLink: true },
    { text: ', or (', isLink: false }, { text: 'http://x.example', isLink: true }, { text: ').', isLink: false },
  ]);
});

test('only http and https are links', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'ftp://x.example/', 'JAVASCRIPT:http:x', 'http:x', 'https://', 'HTTP://X.example']) assert.deepEqual(linksIn(text), []);
  for (const link of linksIn('javascript:alert("http://a.example/\'") data:https://b.example')) assert.match(link, /^https?:/);
});

test('the pieces together are the text', () => {
  for (const text of ['', 'plain', 'http://a.example http://b.example', '\nhttp://a.example\n', 'http://a.example<b>"\'', 'x'.repeat(60_000), 'http://a.example '.repeat(2000)]) {
    assert.equal(partsOf(text).map(part => part.text).join(''), text);
  }
});

test('a huge text has no links, and a hostile one takes no time', () => {
  assert.deepEqual(linksIn('http://a.example '.repeat(5000)), []);
  const started = Date.now();
  linksIn('http://' + '.'.repeat(49_000));
  linksIn('http://'.repeat(7000));
  assert.ok(Date.now() - started < 5000);
});
