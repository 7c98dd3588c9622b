// Java's own HttpClient; the same applications as in app.py.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Post {
    static final String MESSAGE = "{\"model\": \"claude-sonnet-5\", \"max_tokens\": 16, "
        + "\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}";

    public static void main(String[] arguments) throws Exception {
        String base = arguments.length > 1 ? arguments[1] : "https://api.anthropic.com";
        String platform = System.getenv("ANTHROPIC_API_KEY");
        if (arguments[0].equals("environment") || arguments[0].equals("elsewhere")) {
            must(ask(base, platform));
            return;
        }
        boolean isAnswered = ask(base, System.getenv("ANTKEY_TENANT_KEY"));
        if (!isAnswered && arguments[0].equals("fallback")) must(ask(base, platform));
        must(isAnswered == System.getenv("ANTKEY_SCENARIO").equals("ok"));
    }

    static boolean ask(String base, String key) throws Exception {
        var asked = HttpRequest.newBuilder(URI.create(base + "/v1/messages"))
            .header("x-api-key", key)
            .header("anthropic-version", "2023-06-01")
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(MESSAGE))
            .build();
        var answer = HttpClient.newHttpClient().send(asked, HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() == 200 && answer.body().contains("\"content\"");
    }

    static void must(boolean holds) {
        if (!holds) throw new AssertionError();
    }
}
