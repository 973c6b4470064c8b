// Verifies messages with mailauth. Input and output are those of verify.py; where
// "arc" is true, the verdict is the state of the chain.
'use strict';

const { readFileSync } = require('node:fs');
const { once } = require('node:events');
const { arc } = require('mailauth/lib/arc');
const { DkimVerifier } = require('mailauth/lib/dkim/dkim-verifier');

console.log = () => {}; // it writes to standard output where l= is not the whole body
const job = JSON.parse(readFileSync(0, 'utf8'));

const resolver = async name => {
    const texts = job.keys[name.replace(/\.$/, '').toLowerCase()];
    if (texts === null) {
        throw Object.assign(new Error(name), { code: 'ESERVFAIL' });
    }
    if (!texts?.length) {
        throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
    }
    return texts.map(text => [text]);
};

const verdicts = { pass: 'pass', temperror: 'tempfail' };

const verify = async path => {
    const verifier = new DkimVerifier({ resolver });
    verifier.end(readFileSync(path));
    await once(verifier, 'finish');
    if (job.arc) {
        return [(await arc(verifier.arc, { resolver })).status.result];
    }
    // It leaves signatures that it does not understand out of its results.
    const results = verifier.results.filter(r => r.selector);
    return verifier.signatureHeaders
        .filter(s => s.type === 'DKIM')
        .map(s => (s.skip ? 'permfail' : verdicts[results.shift()?.status.result] || 'permfail'));
};

(async () => {
    for (const path of job.files) {
        process.stdout.write(JSON.stringify(await verify(path)) + '\n');
    }
})();
