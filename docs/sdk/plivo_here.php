<?php
/**
 * Sends the masking requests of the official PHP SDK to the service at PLIVO_API_URL, and leaves all others with Plivo.
 *
 *   require 'plivo_here.php';
 *   $client = PlivoHere::route(new Plivo\RestClient($authId, $authToken));
 *
 * PLIVO_API_URL         the service's PUBLIC_URL, such as https://masking.example.com/api; not set: everything goes to Plivo
 * PLIVO_API_RECORDINGS  true: recordings are asked for there too
 */
final class PlivoHere implements Plivo\HttpClients\PlivoHttpClientInterface
{
    private $inner;
    private $base;
    private $routed;

    public static function route(Plivo\RestClient $client)
    {
        $here = getenv('PLIVO_API_URL') ?: '';
        if ($here !== '') {
            $client->client->setHttpClientHandler(new self($client->client->getHttpClientHandler(), $here));
        }
        return $client;
    }

    private function __construct(Plivo\HttpClients\PlivoHttpClientInterface $inner, $here)
    {
        if (!preg_match('{^(https?://[^/?#]+[^?#]*?)/*(?:[?#].*)?$}is', $here, $parts)) {
            throw new InvalidArgumentException('PLIVO_API_URL: expected an http or https address');
        }
        $resources = getenv('PLIVO_API_RECORDINGS') === 'true' ? 'Masking|Recording' : 'Masking';
        $this->inner = $inner;
        $this->base = $parts[1] . '/';
        $this->routed = "{^https://api\\.plivo\\.com/+(v1/Account/[^/?#]+/+(?:$resources)/.*)$}s";
    }

    /** The SDK's own handler goes on doing the work: credentials, proxy, timeout. */
    public function send_request($url, $method, $body, $headers, $timeOut, $request)
    {
        if (preg_match($this->routed, $url, $parts)) {
            $url = $this->base . $parts[1];
        }
        return $this->inner->send_request($url, $method, $body, $headers, $timeOut, $request);
    }
}
