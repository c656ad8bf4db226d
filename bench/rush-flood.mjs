// The flood of bench/rush.mjs, in a thread of its own: what it takes to send it is not waited for by the calls beside it.
import { parentPort, workerData } from 'node:worker_threads';
import { Agent } from 'undici';
import { callSteadily } from './steady-calls.mjs';

const { origin, pid, rate, sessions, seconds, connections } = workerData;
const agent = new Agent({ connections, pipelining: 1 });
const seen = await callSteadily(agent, { origin, pid }, rate, sessions, { seconds });
await agent.close();
parentPort.postMessage(seen);
