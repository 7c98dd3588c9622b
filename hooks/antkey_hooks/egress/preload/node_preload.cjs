'use strict';
// Leads this process's connections to the interceptor. Node loads it before the program (NODE_OPTIONS), in each
// process and worker thread. All clients connect by net.Socket in the end: fetch, http, https, http2, undici, ws.
// Certificates are checked against the name that the program gave, not against where the connection was led.

const fs = require('fs');
const path = require('path');
const net = require('net');

const pairs = fs.readFileSync(path.join(__dirname, 'routes'), 'utf8').split('\n').map((line) => {
  const space = line.indexOf(' ');
  return [line.slice(0, space), line.slice(space + 1)];
});
const all = (wanted) => pairs.filter(([key]) => key === wanted).map(([, value]) => value);
const hosts = new Set(all('host'));
const local = new Set([...all('local'), 'localhost', '::1', '::', '0.0.0.0', '']);
const [tlsPort, plainPort] = [Number(all('tls')[0]), Number(all('plain')[0])];

function portFor(host, port) {
  const name = String(host === undefined || host === null ? '' : host).toLowerCase().replace(/\.$/, '');
  if (hosts.has(name)) return Number(port) === 80 ? plainPort : tlsPort;
  if (Number(port) !== 443 || local.has(name)) return undefined;
  return name.startsWith('127.') || name.endsWith('.localhost') ? undefined : tlsPort;
}

function led(options) {
  const port = options.path ? undefined : portFor(options.host, options.port);
  if (port === undefined) return options;
  const changed = Object.assign({}, options, { host: '127.0.0.1', port });
  for (const name of ['lookup', 'family', 'hints', 'localAddress', 'localPort']) delete changed[name];
  return changed;
}

// connect(options, …), connect(port, host, …), and Node's own connect([options, …]) with marks on the list.
function ledArguments(args) {
  const [first, second] = args;
  if (Array.isArray(first)) {
    const changed = first.slice();
    for (const mark of Object.getOwnPropertySymbols(first)) changed[mark] = first[mark];
    if (changed[0] && typeof changed[0] === 'object') changed[0] = led(changed[0]);
    return [changed, ...args.slice(1)];
  }
  if (first && typeof first === 'object') return [led(first), ...args.slice(1)];
  const port = typeof second === 'string' ? portFor(second, first) : undefined;
  return port === undefined ? args : [port, '127.0.0.1', ...args.slice(2)];
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  return connect.apply(this, ledArguments(args));
};

// A program that names its own roots trusts the interceptor beside them; the others do by NODE_EXTRA_CA_CERTS.
try {
  const tls = require('tls');
  const createSecureContext = tls.createSecureContext;
  const authority = fs.readFileSync(all('authority')[0], 'utf8');
  tls.createSecureContext = function (options) {
    if (!options || !options.ca) return createSecureContext.call(this, options);
    const ca = [].concat(options.ca, authority);
    return createSecureContext.call(this, Object.assign({}, options, { ca }));
  };
  require('module').syncBuiltinESMExports();
} catch (error) {
  // A Node without OpenSSL, or older than 12.12: nothing to trust, or no modules to tell.
}
