// docs/openapi.yaml: linted by redocly's recommended rules, and read as a list of operations.
import { bundle, createConfig, lint } from '@redocly/openapi-core';
import { fileURLToPath } from 'node:url';

const document = fileURLToPath(new URL('../../docs/openapi.yaml', import.meta.url));
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/// What the rules find, errors and warnings alike, a line each.
export async function lintFindings() {
    const config = await createConfig({ extends: ['recommended'] });
    const found = await lint({ ref: document, config });
    return found.map((problem) => {
        const place = problem.location[0] ?? {};
        return `docs/openapi.yaml ${place.pointer ?? ''}: ${problem.message} (${problem.ruleId})`;
    });
}

/// One entry a documented operation, with nothing left to look up: references are resolved, the parameters of the path
/// joined to the method's own. An operation's one tag is its door.
export async function readOperations() {
    const config = await createConfig({});
    const { bundle: bundled } = await bundle({ ref: document, config, dereference: true });
    const operations = [];
    for (const [path, item] of Object.entries(bundled.parsed.paths)) {
        for (const method of methods.filter((name) => item[name])) {
            const operation = item[method];
            if (operation.tags?.length !== 1) throw new Error(`${method} ${path}: one tag is its door`);
            operations.push({
                id: operation.operationId,
                door: operation.tags[0],
                method: method.toUpperCase(),
                path,
                parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])],
                requestBody: operation.requestBody,
                responses: operation.responses,
            });
        }
    }
    return operations;
}

/// The values of the template's parameters, or null where the path is another.
export function matchPath(template, path) {
    const wanted = template.split('/');
    const given = path.split('/');
    if (wanted.length !== given.length) return null;
    const values = {};
    for (let i = 0; i < wanted.length; i += 1) {
        const name = /^\{(.+)\}$/.exec(wanted[i])?.[1];
        if (name) values[name] = decodeURIComponent(given[i]);
        else if (wanted[i] !== given[i]) return null;
    }
    return values;
}
