<?php
// As much of PSR-7 and PSR-18 as the recipe uses, over PHP's curl.

declare(strict_types=1);

namespace Psr\Http\Message {
    interface UriInterface
    {
        public function getScheme(): string;
        public function getHost(): string;
        public function __toString(): string;
    }
    interface MessageInterface
    {
        /** @return array<string, list<string>> */
        public function getHeaders(): array;
    }
    interface RequestInterface extends MessageInterface
    {
        public function getMethod(): string;
        public function getUri(): UriInterface;
    }
    interface ResponseInterface extends MessageInterface
    {
        public function getStatusCode(): int;
    }
}

namespace Psr\Http\Client {
    use Psr\Http\Message\RequestInterface;
    use Psr\Http\Message\ResponseInterface;

    interface ClientExceptionInterface extends \Throwable
    {
    }
    interface ClientInterface
    {
        public function sendRequest(RequestInterface $request): ResponseInterface;
    }
}

namespace {
    use Psr\Http\Client\ClientInterface;
    use Psr\Http\Message\RequestInterface;
    use Psr\Http\Message\ResponseInterface;
    use Psr\Http\Message\UriInterface;

    final class Uri implements UriInterface
    {
        public function __construct(private readonly string $text)
        {
        }

        public function getScheme(): string
        {
            return (string) parse_url($this->text, PHP_URL_SCHEME);
        }

        public function getHost(): string
        {
            return (string) parse_url($this->text, PHP_URL_HOST);
        }

        public function __toString(): string
        {
            return $this->text;
        }
    }

    final class Request implements RequestInterface
    {
        /** @param array<string, list<string>> $headers */
        public function __construct(private readonly string $url, private readonly array $headers)
        {
        }

        public function getMethod(): string
        {
            return 'POST';
        }

        public function getUri(): UriInterface
        {
            return new Uri($this->url);
        }

        public function getHeaders(): array
        {
            return $this->headers;
        }
    }

    final class Response implements ResponseInterface
    {
        public function __construct(private readonly int $status)
        {
        }

        public function getStatusCode(): int
        {
            return $this->status;
        }

        public function getHeaders(): array
        {
            return [];
        }
    }

    final class Curl implements ClientInterface
    {
        public function sendRequest(RequestInterface $request): ResponseInterface
        {
            $lines = [];
            foreach ($request->getHeaders() as $name => $values) {
                foreach ($values as $value) {
                    $lines[] = "$name: $value";
                }
            }
            $handle = curl_init((string) $request->getUri());
            curl_setopt_array($handle, [
                CURLOPT_HTTPHEADER => $lines,
                CURLOPT_POSTFIELDS => '{}',
                CURLOPT_RETURNTRANSFER => true,
            ]);
            if (curl_exec($handle) === false) {
                throw new RuntimeException(curl_error($handle));
            }
            return new Response(curl_getinfo($handle, CURLINFO_RESPONSE_CODE));
        }
    }
}
