// That the checker finds what it is there to find: one sound exchange, spoilt in one place at a time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintFindings, readOperations } from './document.mjs';
import { checkExchange } from './exchange.mjs';

const operations = await readOperations();
const problem = (status, type) => ({
    status,
    content_type: 'application/problem+json',
    body: JSON.stringify({ type: `/problems/${type}`, title: 't', status, detail: 'd', instance: 'urn:uuid:i' }),
});
const proposal = {
    id: '00000000-0000-4000-8000-000000000000',
    kind: 'vendor.pin',
    state: 'open',
    sha256: '0'.repeat(64),
    proposer: 'ada',
    proposed_at: '2026-01-01T00:00:00Z',
    expires_at: '2026-01-02T00:00:00Z',
    diff: ['vendor: acme'],
    rests_on: { 'vendor/acme/tpm2': 0 },
};
const sound = {
    door: 'office',
    method: 'POST',
    path: '/v1/vendors',
    query: '',
    request_headers: { 'Hallmark-Request': '1' },
    request_type: 'application/json',
    request_body: JSON.stringify({ vendor: 'acme', format: 'tpm2', roots: ['AAAA'] }),
    status: 202,
    content_type: 'application/json; charset=utf-8',
    headers: {},
    body: JSON.stringify(proposal),
};
const findings = (changes) => checkExchange(operations, { ...sound, ...changes }).findings;
const refuses = (changes, wanted) => assert.match(findings(changes).join('\n'), wanted);

test('a sound exchange is let be', () => assert.deepEqual(findings({}), []));
test('the document itself is clean', async () => assert.deepEqual(await lintFindings(), []));
test('an answer with a member that is not documented', () =>
    refuses({ body: JSON.stringify({ ...proposal, more: 1 }) }, /additional properties/));
test('an answer without a member that is required', () => refuses({ body: '{"vendor":"acme"}' }, /required property/));
test('an answer of another type', () => refuses({ content_type: 'text/html' }, /content type text\/html/));
test('a status that is not documented', () => refuses({ status: 302 }, /status 302 is not documented/));
test('a request that was taken with an unknown member', () =>
    refuses({ request_body: '{"vendor":"acme","format":"tpm2","roots":["AAAA"],"more":1}' }, /request.*additional/));
test('a request that was taken with what is not base64', () =>
    refuses({ request_body: '{"vendor":"acme","format":"tpm2","roots":["AAA"]}' }, /contentEncoding/));
test('a request that was taken without a required header', () =>
    refuses({ request_headers: {} }, /required header parameter Hallmark-Request/));
test('a request that was taken with an unknown parameter', () => refuses({ query: 'a=1' }, /query parameter a/));
test('a body that was taken where none is documented', () =>
    refuses({ method: 'GET', path: '/v1/lots', status: 200, body: '{"lots":[]}' }, /body that is not documented/));
test('a refusal that nobody knows', () => refuses(problem(400, 'bad-mood'), /allowed values/));
test('a refusal whose body tells another status', () =>
    refuses({ ...problem(400, 'malformed-request'), status: 404 }, /the body says status 400/));
test('a wait without its length', () => refuses(problem(503, 'overloaded'), /Retry-After/));
test('a wait that is told', () =>
    assert.deepEqual(findings({ ...problem(503, 'overloaded'), headers: { 'retry-after': '1' } }), []));
test('a link that leads nowhere', () =>
    refuses({ method: 'GET', path: '/v1/audit/events', status: 200, request_body: undefined, body: '{"events":[],"break_glass":[]}',
              headers: { Link: '/v1/audit/events' } }, /rel="next"/));
test('a path that is not documented but answers', () => refuses({ path: '/v1/secret' }, /no such path/));
test('a method that is not documented but answers', () => refuses({ method: 'PUT' }, /method is not documented/));
test('an Allow that tells of other methods', () =>
    refuses({ method: 'PUT', ...problem(405, 'method-not-allowed'), headers: { Allow: 'GET' } }, /Allow says GET/));
test('an operation of another door', () => refuses({ door: 'factory' }, /no such path/));
