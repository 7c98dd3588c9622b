# Ruby's own net/http; the same applications as in app.py.
require "json"
require "net/http"

MESSAGE = { model: "claude-sonnet-5", max_tokens: 16, messages: [{ role: "user", content: "Hello" }] }.freeze

def ask(key, base = "https://api.anthropic.com")
  headers = { "x-api-key" => key, "anthropic-version" => "2023-06-01", "content-type" => "application/json" }
  answer = Net::HTTP.post(URI("#{base}/v1/messages"), JSON.generate(MESSAGE), headers)
  answer.code == "200" && JSON.parse(answer.body).key?("content")
end

application, *elsewhere = ARGV
platform = ENV.fetch("ANTHROPIC_API_KEY")
exit ask(platform, *elsewhere) if %w[environment elsewhere].include?(application)
is_answered = ask(ENV.fetch("ANTKEY_TENANT_KEY"))
exit 1 if !is_answered && application == "fallback" && !ask(platform)
exit is_answered == (ENV.fetch("ANTKEY_SCENARIO") == "ok")
