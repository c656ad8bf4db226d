/** One address or more of every range that is not the open internet, the first and the last of those that are easily cut wrong. */
export const FORBIDDEN_IPV4 = words(`
  0.0.0.0 0.255.255.255 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3
  127.255.255.255 168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192
  192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1
  198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
`);

export const FORBIDDEN_IPV6 = words(`
  :: ::1 ::2 100::1 100:0:0:1::1 1fff:ffff::1 2001::1 2001:2::1 2001:20::1 2001:1ff::1 2001:db8::1 2002::1
  2620:4f:8000::1 3fff::1 4000::1 5f00::1 64:ff9b::1 64:ff9b:1::1 fc00::1 fd00::1 fd00:ec2::254
  fdff:ffff:ffff:ffff::1 fe80::1 febf::1 fec0::1 ff02::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
`);

const FULL_WIDTH = '０１２３４５６７８９';
const CIRCLED = '⓪①②③④⑤⑥⑦⑧⑨';

/** Ways to write an IPv4 address that some parser understands. */
function ipv4Spellings(address) {
  const bytes = address.split('.').map(Number);
  const [a, b, c, d] = bytes;
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const pair = (high, low) => (high * 256 + low).toString(16);
  const groups = `${pair(a, b)}:${pair(c, d)}`;
  const inverted = `${pair(255 - a, 255 - b)}:${pair(255 - c, 255 - d)}`;
  const base = (radix, prefix) => bytes.map((byte) => prefix + byte.toString(radix)).join('.');
  const digits = (set) => address.replace(/\d/g, (digit) => [...set][Number(digit)]);
  return [
    address,
    `${address}.`,
    String(number),
    `0x${number.toString(16)}`,
    `0X${number.toString(16).toUpperCase()}`,
    `0${number.toString(8)}`,
    base(16, '0x'),
    base(8, '0'),
    base(8, '000'),
    `${a}.0x${b.toString(16)}.0${c.toString(8)}.${d}`,
    `${a}.${number % 2 ** 24}`,
    `${a}.${b}.${c * 256 + d}`,
    `0x${a.toString(16)}.${number % 2 ** 24}`,
    address.replace(/\d/g, (digit) => `%3${digit}`),
    address.replaceAll('.', '%2e'),
    address.replaceAll('.', '。'),
    digits(FULL_WIDTH),
    digits(CIRCLED),
    `[::ffff:${address}]`,
    `[::ffff:${groups}]`,
    `[0:0:0:0:0:FFFF:${groups}]`,
    `[::${address}]`,
    `[::ffff:0:${address}]`,
    `[64:ff9b::${address}]`,
    `[64:ff9b:1::${address}]`,
    `[2002:${groups}::1]`,
    `[2001:0:1:1::${inverted}]`,
  ];
}

function ipv6Spellings(address) {
  const [head = '', tail] = address.split('::');
  const parts = (text) => (text ? text.split(':') : []);
  const missing = tail === undefined ? 0 : 8 - parts(head).length - parts(tail).length;
  const groups = [...parts(head), ...Array.from({ length: missing }, () => '0'), ...parts(tail)];
  const padded = groups.map((group) => group.padStart(4, '0')).join(':');
  return [`[${address}]`, `[${address.toUpperCase()}]`, `[${groups.join(':')}]`, `[${padded}]`];
}

const INSIDE_NAMES = words(`
  localhost LOCALHOST localhost. ｌocalhost loc%61lhost a.localhost localhost.localdomain ip6-localhost metadata
  metadata.google.internal METADATA.GOOGLE.INTERNAL. instance-data kubernetes.default.svc.cluster.local
  printer.local host.docker.internal db mail.corp nas.lan router.home gw.home.arpa x.intranet x.private
`);

/** URLs that no request may leave for when only public addresses are allowed; `port` is where the listeners are. */
export function forbiddenUrls(port) {
  const hosts = [
    ...FORBIDDEN_IPV4.flatMap(ipv4Spellings),
    ...FORBIDDEN_IPV6.flatMap(ipv6Spellings),
    ...INSIDE_NAMES,
    '[fe80::1%25eth0]',
    '[fe80::1%eth0]',
    '[fe80::1%25lo]',
  ];
  const urls = hosts.map((host) => `https://${host}:${port}/hook`);
  const tricks = ['127.0.0.1', '[::1]', '169.254.169.254'].flatMap((host) => [
    `http://${host}:${port}/`,
    `https://hooks.example.com@${host}:${port}/`,
    `https://hooks.example.com:x@${host}:${port}/`,
    `https://@${host}:${port}/`,
    `https://${host}:${port}\\@hooks.example.com/`,
    `https://hooks.example.com\\@${host}:${port}/`,
    `https:\\\\${host}:${port}/`,
    `https:${host}:${port}/`,
    `https:/${host}:${port}/`,
    `https:///${host}:${port}/`,
    ` https://${host}:${port}/`,
    `ht\ttps://${host}:${port}/`,
    `https://\t${host}:${port}/`,
    `https://${host}:\n${port}/`,
    `//${host}:${port}/`,
    `wss://${host}:${port}/`,
    `ftp://${host}:${port}/`,
    `gopher://${host}:${port}/_x`,
    `blob:https://${host}:${port}/x`,
  ]);
  return [...new Set([...urls, ...tricks])];
}

/** What a DNS server may say that leads inside: every forbidden address alone, behind a public one and before it. */
export function forbiddenAnswers({ publicIpv4, publicIpv6 }) {
  return [...FORBIDDEN_IPV4, ...FORBIDDEN_IPV6].flatMap((address) => {
    const friend = address.includes(':') ? publicIpv6 : publicIpv4;
    return [[address], [friend, address], [address, friend], [publicIpv4, publicIpv6, address]];
  });
}

function words(text) {
  return text.trim().split(/\s+/);
}
