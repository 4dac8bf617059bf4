import test from 'node:test';
import assert from 'node:assert/strict';
import { Rvp, Refused, statusOf } from '../../src/RvpServer/Web/Client/rvp.js';
import { accessFrom } from '../../src/RvpServer/Web/Client/connection.js';
import { JO, KARI, YAN, SERVER } from './person.js';

const plain = value => JSON.parse(JSON.stringify(value));

/** Answers every request alike and notes what was asked. */
function answering(status, headers = {}, text = '') {
  const asked = [];
  globalThis.fetch = async (path, options) => {
    asked.push({ path, ...options });
    return new Response(status === 204 ? null : text, { status, headers });
  };
  return asked;
}

test('every request goes to the own server, as the own page, for the own account', async () => {
  const asked = answering(200, { 'Subscription-Id': '7', 'Subscription-Lifetime': '1800' });

  const signIn = await new Rvp(JO, SERVER).signIn();
  const { id, seconds } = await new Rvp(JO, SERVER).renew(YAN, 8);

  assert.deepEqual([signIn, id, seconds], [7, 7, 1800]);
  assert.deepEqual(asked.map(request => [request.method, request.path]), [
    ['SUBSCRIBE', '/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown'], ['SUBSCRIBE', '/instmsg/local/im.contoso.com/instmsg/aliases/YanLi'],
  ]);
  for (const request of asked) {
    assert.deepEqual([request.headers['RVP-Client'], request.headers['RVP-From-Principal'], request.credentials, request.redirect], ['web', JO.url, 'same-origin', 'error']);
  }
});

test('a refusal says its status, its reason and when to come back', async () => {
  answering(503, { 'Retry-After': '5' }, 'The server cannot answer at the moment.\n');

  const refused = await new Rvp(JO, SERVER).notify(KARI, '<x/>').catch(error => error);

  assert.deepEqual([statusOf(refused), refused.message, refused.retryAfter], [503, 'The server cannot answer at the moment.', 5]);
  assert.equal(new Refused(418, '').message, 'The server answered 418.');
  assert.equal(statusOf(new TypeError('Failed to fetch')), undefined);
  assert.equal(statusOf(undefined), undefined);
});

test('the server says whether a message waits', async () => {
  for (const [header, isWaiting] of [['later', true], ['Later ', true], ['now', false], ['', false]]) {
    answering(200, header ? { 'RVP-Delivered': header } : {});
    assert.equal(await new Rvp(JO, SERVER).notify(KARI, '<x/>'), isWaiting, header);
  }
});

test('only the own server ends the session', async () => {
  const rvp = new Rvp(JO, SERVER);
  let lost = 0;
  rvp.onSessionLost = () => lost++;

  answering(401, { 'WWW-Authenticate': 'Digest realm="elsewhere"' });
  await rvp.notify(KARI, '<x/>').catch(() => {});
  assert.equal(lost, 0);
  answering(401, { 'WWW-Authenticate': 'RvpSession' });
  await rvp.notify(KARI, '<x/>').catch(() => {});

  assert.equal(lost, 1);
});

test('nothing new is an empty list, and the cursor stays', async () => {
  const asked = answering(204);

  assert.deepEqual(await new Rvp(JO, SERVER).poll(7, '42', 50, new AbortController().signal), { cursor: '42', items: [] });
  assert.deepEqual([asked[0].method, asked[0].headers.Prefer, asked[0].headers['RVP-Poll-Cursor'], asked[0].headers['Subscription-Id']], ['POLL', 'wait=50', '42', '7']);
});

test('a cursor that is refused is given up, and the poll begins anew', async () => {
  const asked = [];
  globalThis.fetch = async (path, options) => {
    asked.push(options.headers['RVP-Poll-Cursor']);
    return new Response(asked.length === 1 ? 'no such cursor' : null, { status: asked.length === 1 ? 400 : 204 });
  };

  assert.deepEqual(await new Rvp(JO, SERVER).poll(7, '42', 50, new AbortController().signal), { cursor: '', items: [] });
  assert.deepEqual(asked, ['42', undefined]);
});

test('a rule names whom it is for, and no URL gets out of its place', async () => {
  const asked = answering(200);
  const rvp = new Rvp(JO, SERVER);

  await rvp.writeAccess(KARI, 'block');
  await rvp.writeAccess('', 'allow');
  await rvp.writeAccess('http://x/<a:evil/>&"', 'default');

  assert.match(asked[0].body, /<a:rvp-principal>http:\/\/im\.adatum\.com\/instmsg\/aliases\/KariHensien<\/a:rvp-principal>.*<a:grant><\/a:grant><a:deny><a:send-to\/><a:presence\/><\/a:deny>/);
  assert.match(asked[1].body, /<a:allprincipals\/>.*<a:grant><a:list\/><a:read\/><a:send-to\/><a:presence\/><\/a:grant><a:deny\/>/);
  assert.doesNotMatch(asked[2].body, /<a:evil/);
});

test('who is allowed and who is blocked is read from the list', () => {
  const access = accessFrom([
    { url: '', isAllowed: false }, { url: KARI, isAllowed: true }, { url: YAN, isAllowed: false }, { url: JO.url.replace('JoBrown', 'jobrown'), isAllowed: true },
    { url: 'Evil.example', isAllowed: false },
  ], JO.url);

  assert.deepEqual(plain(access), {
    everyone: false,
    rules: { [KARI.toLowerCase()]: 'allow', [YAN.toLowerCase()]: 'block', 'evil.example': 'block' },
    urls: { [KARI.toLowerCase()]: KARI, [YAN.toLowerCase()]: YAN, 'evil.example': 'Evil.example' },
  });
  assert.deepEqual(plain(accessFrom([], JO.url)), { everyone: true, rules: {}, urls: {} });
  assert.equal(accessFrom([{ url: 'allprincipals', isAllowed: false }], JO.url).everyone, false);
});
