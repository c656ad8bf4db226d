export const FORBIDDEN_IPV4: readonly string[];
export const FORBIDDEN_IPV6: readonly string[];
export function forbiddenUrls(port: number): string[];
export function forbiddenAnswers(friends: { publicIpv4: string; publicIpv6: string }): string[][];
