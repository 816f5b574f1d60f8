// Lints docs/openapi.yaml, and holds it against what a running server answered: `node check.mjs [EXCHANGES]`, a file
// of one JSON object a line. Every documented operation must have been taken once, else the check checked too little.
import { readFileSync } from 'node:fs';
import { lintFindings, readOperations } from './document.mjs';
import { checkExchange } from './exchange.mjs';

function readExchanges(file) {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

function compare(operations, exchanges) {
    const findings = new Set();
    const taken = new Set();
    const responses = new Set();
    for (const exchange of exchanges) {
        const { operation, key, findings: found } = checkExchange(operations, exchange);
        const name = `${exchange.door} ${exchange.method} ${exchange.path} -> ${exchange.status}`;
        for (const line of found) findings.add(`${name}: ${line}`);
        if (operation && exchange.status < 300) taken.add(operation.id);
        if (key) responses.add(`${operation.id} ${key}`);
    }
    for (const operation of operations) {
        if (taken.has(operation.id)) continue;
        findings.add(`${operation.door} ${operation.method} ${operation.path}: never taken with success`);
    }
    return { findings: [...findings], taken: taken.size, responses: responses.size };
}

const findings = await lintFindings();
const operations = await readOperations();
let summary = `${operations.length} operations`;
if (process.argv[2]) {
    const exchanges = readExchanges(process.argv[2]);
    const compared = compare(operations, exchanges);
    findings.push(...compared.findings);
    summary =
        `${exchanges.length} exchanges, ${compared.taken} of ${operations.length} operations taken, ` +
        `${compared.responses} documented responses seen`;
}
for (const finding of findings) console.error(finding);
console.log(`openapi: ${findings.length === 0 ? 'clean' : `${findings.length} disagreements`}: ${summary}`);
process.exitCode = findings.length === 0 ? 0 : 1;
