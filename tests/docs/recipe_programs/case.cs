// Sends each case through the recipe's handler and says on a line what came of it.
using System.Text;
using System.Text.Json;

string? Filled(string? text) => text is ['$', ..] ? Environment.GetEnvironmentVariable(text[1..]) : text;

foreach (var one in JsonDocument.Parse(Environment.GetEnvironmentVariable("CASES")!).RootElement.EnumerateArray())
{
    var key = Filled(one.GetProperty("key").GetString());
    var allowed = Environment.GetEnvironmentVariable("ALLOWED")!;
    using var client = new HttpClient(new TenantKeyHandler((_, _) => ValueTask.FromResult(key), allowed));
    using var request = new HttpRequestMessage(HttpMethod.Post, one.GetProperty("url").GetString());
    request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
    foreach (var header in one.GetProperty("headers").EnumerateObject())
        request.Headers.TryAddWithoutValidation(header.Name, Filled(header.Value.GetString()));
    try
    {
        using var answer = await client.SendAsync(request);
        Console.WriteLine("sent");
    }
    catch (PlatformKeyBlockedException refused)
    {
        Console.WriteLine(refused.Message);
    }
}
