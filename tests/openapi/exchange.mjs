// One exchange with a running server against the operation that it was for. Answers what disagrees, a line each; a
// request is held against the document only where the server took it.
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { matchPath } from './document.mjs';

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false });
addFormats(ajv);
ajv.removeKeyword('contentEncoding');
ajv.addKeyword({
    keyword: 'contentEncoding',
    type: 'string',
    // RFC 4648 section 4, padded: what Buffer writes again is what was read.
    validate: (encoding, text) =>
        encoding === 'base64' && Buffer.from(text, 'base64').toString('base64') === text,
});
const compiled = new Map();

function schemaFindings(schema, value, where) {
    if (!compiled.has(schema)) compiled.set(schema, ajv.compile(schema));
    const validate = compiled.get(schema);
    if (validate(value)) return [];
    return validate.errors.map(
        (error) => `${where}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`,
    );
}

const mediaType = (text) => (text ?? '').split(';')[0].trim().toLowerCase();

function inLowerCase(headers) {
    return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}

function header(exchange, name) {
    return inLowerCase(exchange.headers)[name.toLowerCase()];
}

/// A parameter travels as text; a schema that wants a number gets one.
function fromText(schema, text) {
    return schema.type === 'integer' && /^-?[0-9]+$/.test(text) ? Number(text) : text;
}

function requestFindings(operation, exchange, pathValues) {
    const query = Object.fromEntries(new URLSearchParams(exchange.query ?? ''));
    const sources = { path: pathValues, query, header: inLowerCase(exchange.request_headers) };
    const findings = [];
    for (const name of Object.keys(query)) {
        const known = operation.parameters.some((parameter) => parameter.in === 'query' && parameter.name === name);
        if (!known) findings.push(`query parameter ${name} is not documented`);
    }
    for (const parameter of operation.parameters) {
        const name = parameter.in === 'header' ? parameter.name.toLowerCase() : parameter.name;
        const text = sources[parameter.in][name];
        const what = `${parameter.in} parameter ${parameter.name}`;
        if (text !== undefined) {
            findings.push(...schemaFindings(parameter.schema, fromText(parameter.schema, text), what));
        } else if (parameter.required) {
            findings.push(`taken without the required ${what}`);
        }
    }
    return [...findings, ...requestBodyFindings(operation, exchange)];
}

function requestBodyFindings(operation, exchange) {
    if (!exchange.request_body) {
        return operation.requestBody?.required ? ['taken without the required body'] : [];
    }
    if (!operation.requestBody) return ['taken with a body that is not documented'];
    const content = operation.requestBody.content[mediaType(exchange.request_type)];
    if (!content) return [`request type ${exchange.request_type} is not documented`];
    return schemaFindings(content.schema, JSON.parse(exchange.request_body), 'request');
}

function headerFindings(response, exchange) {
    const findings = [];
    for (const [name, documented] of Object.entries(response.headers ?? {})) {
        const text = header(exchange, name);
        if (text !== undefined) {
            findings.push(...schemaFindings(documented.schema, fromText(documented.schema, text), `header ${name}`));
        } else if (documented.required) {
            findings.push(`header ${name} is missing`);
        }
    }
    const link = header(exchange, 'Link');
    if (link !== undefined && !response.headers?.Link) findings.push('Link is not documented');
    if (link !== undefined && !/^<[^<>\s]+>; rel="next"$/.test(link)) {
        findings.push(`Link is not RFC 8288's with rel="next": ${link}`);
    }
    return findings;
}

/// What holds of every refusal, whatever operation it was for.
function refusalFindings(exchange, body) {
    const findings = [];
    const mustWait = [429, 503].includes(exchange.status) || body?.type === '/problems/in-progress';
    if (mustWait && !/^[1-9][0-9]*$/.test(header(exchange, 'Retry-After') ?? '')) findings.push('no Retry-After');
    if (mediaType(exchange.content_type) === 'application/problem+json' && body?.status !== exchange.status) {
        findings.push(`the body says status ${body?.status}`);
    }
    return findings;
}

function answerFindings(response, exchange) {
    const type = mediaType(exchange.content_type);
    const content = response.content?.[type];
    if (!content) return [`content type ${type || '(none)'} is not documented`];
    const findings = headerFindings(response, exchange);
    if (!/[/+]json$/.test(type)) return findings;
    const body = JSON.parse(exchange.body);
    return [...findings, ...schemaFindings(content.schema, body, 'answer'), ...refusalFindings(exchange, body)];
}

/// Where no operation is meant: an unknown path is not found, and a known one names the methods that it has.
function strayFindings(operations, exchange) {
    const others = operations.filter((one) => one.door === exchange.door && matchPath(one.path, exchange.path));
    if (others.length === 0) return exchange.status === 404 ? [] : ['no such path is documented'];
    if (exchange.status !== 405) return ['the method is not documented'];
    const allowed = (header(exchange, 'Allow') ?? '').split(/, */).filter((method) => method !== 'HEAD').sort();
    const documented = others.map((operation) => operation.method).sort();
    return allowed.join() === documented.join() ? [] : [`Allow says ${allowed}, the document ${documented}`];
}

/// Which operation the exchange was for, undefined where none, the key of the documented response, and the findings.
export function checkExchange(operations, exchange) {
    const operation = operations.find(
        (one) => one.door === exchange.door && one.method === exchange.method && matchPath(one.path, exchange.path),
    );
    if (!operation) return { findings: strayFindings(operations, exchange) };
    const status = String(exchange.status);
    // OpenAPI 3.1, Responses Object: an exact code goes before its range.
    const key = [status, `${status[0]}XX`].find((name) => operation.responses[name]);
    if (!key) return { operation, findings: [`status ${status} is not documented`] };
    const findings = answerFindings(operation.responses[key], exchange);
    if (exchange.status < 300) {
        findings.push(...requestFindings(operation, exchange, matchPath(operation.path, exchange.path)));
    }
    return { operation, key, findings };
}
