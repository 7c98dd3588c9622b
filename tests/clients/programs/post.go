// Go's own net/http; the same applications as in app.py.
package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
)

const message = `{"model": "claude-sonnet-5", "max_tokens": 16, "messages": [{"role": "user", "content": "Hello"}]}`

func ask(key string, base string) bool {
	request, failure := http.NewRequest("POST", base+"/v1/messages", bytes.NewBufferString(message))
	if failure != nil {
		panic(failure)
	}
	request.Header.Set("x-api-key", key)
	request.Header.Set("anthropic-version", "2023-06-01")
	request.Header.Set("content-type", "application/json")
	answer, failure := http.DefaultClient.Do(request)
	if failure != nil {
		panic(failure)
	}
	defer answer.Body.Close()
	var said struct{ Content []any }
	return answer.StatusCode == 200 && json.NewDecoder(answer.Body).Decode(&said) == nil && said.Content != nil
}

func must(holds bool) {
	if !holds {
		os.Exit(1)
	}
}

func main() {
	application, base := os.Args[1], "https://api.anthropic.com"
	if len(os.Args) > 2 {
		base = os.Args[2]
	}
	platform := os.Getenv("ANTHROPIC_API_KEY")
	if application == "environment" || application == "elsewhere" {
		must(ask(platform, base))
		return
	}
	isAnswered := ask(os.Getenv("ANTKEY_TENANT_KEY"), base)
	if !isAnswered && application == "fallback" {
		must(ask(platform, base))
	}
	must(isAnswered == (os.Getenv("ANTKEY_SCENARIO") == "ok"))
}
