// Sends each case through the recipe's transport and says on a line what came of it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"case/tenantkey"
)

type oneCase struct {
	Headers map[string]string
	URL     string
	Key     string
}

func filled(text string) string {
	if strings.HasPrefix(text, "$") {
		return os.Getenv(text[1:])
	}
	return text
}

func sent(one oneCase) string {
	client := &http.Client{Transport: &tenantkey.Transport{
		Inner:        http.DefaultTransport,
		AllowedHosts: map[string]bool{os.Getenv("ALLOWED"): true},
		Expected:     func(*http.Request) (string, error) { return filled(one.Key), nil },
	}}
	request, problem := http.NewRequest("POST", one.URL, strings.NewReader("{}"))
	if problem != nil {
		return problem.Error()
	}
	request.Header.Set("content-type", "application/json")
	for name, value := range one.Headers {
		request.Header.Set(name, filled(value))
	}
	answer, problem := client.Do(request)
	var blocked *tenantkey.Blocked
	if errors.As(problem, &blocked) {
		return blocked.Error()
	}
	if problem != nil {
		return problem.Error()
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, answer.Body)
	return "sent"
}

func main() {
	var cases []oneCase
	if problem := json.Unmarshal([]byte(os.Getenv("CASES")), &cases); problem != nil {
		panic(problem)
	}
	for _, one := range cases {
		fmt.Println(sent(one))
	}
}
