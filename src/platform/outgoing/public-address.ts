import { BlockList, isIP } from 'node:net';

/**
 * IANA's special-purpose registries, and what lies in public space but is answered by the network next to us. The whole of
 * 192.0.0.0/24 and 2001::/23 is left out, although single addresses in them are public: nobody serves HTTP there.
 */
const SPECIAL_IPV4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT; one cloud's metadata service
  '127.0.0.0/8',
  '168.63.129.16/32', // a cloud's host agent, public by its number only
  '169.254.0.0/16', // link-local; metadata services
  '172.16.0.0/12',
  '192.0.0.0/24', // protocol assignments; one cloud's metadata service
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // automatic multicast tunnels
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
];

/** The only space that IANA has handed out. Mapped, compatible, NAT64, SRv6, unique local, link-local and multicast addresses lie outside. */
const GLOBAL_UNICAST_IPV6 = ['2000::/3'];

const SPECIAL_IPV6 = [
  '2001::/23', // protocol assignments: Teredo, benchmarking, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4 carries an IPv4 address
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
];

const special = listOf([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const globalUnicast = listOf(GLOBAL_UNICAST_IPV6);

/** Whether an address as the operating system prints it is one of the open internet. Whatever is not known to be is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  if (family === 0 || address.includes('%')) return false;
  return globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', prefix = ''] = range.split('/');
    list.addSubnet(net, Number(prefix), isIP(net) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
