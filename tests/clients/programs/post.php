<?php
// PHP's curl extension; the same applications as in app.py.

const MESSAGE = '{"model": "claude-sonnet-5", "max_tokens": 16, "messages": [{"role": "user", "content": "Hello"}]}';

function ask(string $key, string $base = 'https://api.anthropic.com'): bool
{
    $handle = curl_init("$base/v1/messages");
    curl_setopt_array($handle, [
        CURLOPT_HTTPHEADER => ["x-api-key: $key", 'anthropic-version: 2023-06-01', 'content-type: application/json'],
        CURLOPT_POSTFIELDS => MESSAGE,
        CURLOPT_RETURNTRANSFER => true,
    ]);
    $answer = curl_exec($handle);
    if ($answer === false) {
        fwrite(STDERR, curl_error($handle) . "\n");
        exit(70);
    }
    return curl_getinfo($handle, CURLINFO_RESPONSE_CODE) === 200 && isset(json_decode($answer)->content);
}

$application = $argv[1];
$platform = getenv('ANTHROPIC_API_KEY');
if ($application === 'environment' || $application === 'elsewhere') {
    exit(ask($platform, ...array_slice($argv, 2)) ? 0 : 1);
}
$isAnswered = ask(getenv('ANTKEY_TENANT_KEY'));
if (!$isAnswered && $application === 'fallback' && !ask($platform)) {
    exit(1);
}
exit($isAnswered === (getenv('ANTKEY_SCENARIO') === 'ok') ? 0 : 1);
