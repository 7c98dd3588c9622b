# curl, or wget where the first argument says so; the same applications as in app.py.
set -u
client=$1 application=$2 base=${3:-https://api.anthropic.com}
message='{"model": "claude-sonnet-5", "max_tokens": 16, "messages": [{"role": "user", "content": "Hello"}]}'

# Headers come from standard input where the client can read them there: arguments are everybody's to read.
ask() {
    case $client in
    curl)
        printf 'x-api-key: %s\n' "$1" |
            curl --silent --show-error --fail --header @- --header 'anthropic-version: 2023-06-01' \
                --header 'content-type: application/json' --data "$message" "$base/v1/messages"
        ;;
    wget)
        wget --quiet --tries=1 --output-document=- --header "x-api-key: $1" \
            --header 'anthropic-version: 2023-06-01' --header 'content-type: application/json' \
            --post-data "$message" "$base/v1/messages"
        ;;
    esac | grep -q '"content"'
}

case $application in
environment | elsewhere) ask "$ANTHROPIC_API_KEY" ;;
*)
    if ask "$ANTKEY_TENANT_KEY"; then
        [ "$ANTKEY_SCENARIO" = ok ]
    else
        [ "$ANTKEY_SCENARIO" != ok ] || exit 1
        [ "$application" = right ] || ask "$ANTHROPIC_API_KEY"
    fi
    ;;
esac
