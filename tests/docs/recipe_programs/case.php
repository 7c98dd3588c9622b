<?php
// Sends each case through the recipe's client and says on a line what came of it.

declare(strict_types=1);

require __DIR__ . '/psr.php';
require __DIR__ . '/TenantKeyClient.php';

function filled(?string $text): ?string
{
    return $text !== null && str_starts_with($text, '$') ? (string) getenv(substr($text, 1)) : $text;
}

foreach (json_decode((string) getenv('CASES'), true) as $one) {
    $headers = array_map(fn (string $text): array => [filled($text)], $one['headers']);
    $request = new Request($one['url'], $headers + ['content-type' => ['application/json']]);
    $client = new TenantKeyClient(new Curl(), fn () => filled($one['key']), [(string) getenv('ALLOWED')]);
    try {
        $client->sendRequest($request);
        echo "sent\n";
    } catch (PlatformKeyBlocked $refused) {
        echo $refused->getMessage(), "\n";
    }
}
