using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Events;

/// <summary>The ingest listener's answers (plugins-http.md §3).</summary>
public sealed class IngestHandlerTests : IAsyncLifetime
{
    private const string Key = "phc_testing_key";
    private const string Event = """{"event":"e","distinct_id":"d"}""";

    private readonly TempFolder _folder = new();
    private readonly List<string> _stored = [];
    private readonly List<(string Tenant, int Count)> _dropped = [];
    private readonly SqliteEventQueue _queue;
    private readonly IngestHandler _handler;

    public IngestHandlerTests()
    {
        _queue = new SqliteEventQueue(_folder.File("events.db"), false, new QueueLimits(Events: 10), TimeProvider.System, NullLogger<SqliteEventQueue>.Instance);
        var options = new EventsOptions { MaxBody = 10_000, MaxEvent = 2000, MaxBatch = 5 };
        var tenant = new Tenant { Name = "acme", Number = 3, ChannelPrefix = "", KeyHashes = [KeyHash.Of(Key)] };
        var intake = new EventIntake(options, _queue, stored => _stored.Add(stored.Name), TimeProvider.System, new EventWaits()) { NamesDropped = (whose, count) => _dropped.Add((whose.Name, count)) };
        _handler = new IngestHandler(intake, new TenantDirectory([tenant]), options, TimeProvider.System);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _queue.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/capture", """{"event":"e","distinct_id":"d","api_key":"phc_testing_key"}""", 1)]
    [InlineData("/capture/", """{"event":"e","distinct_id":"d","token":"phc_testing_key"}""", 1)]
    [InlineData("/e/", """[{"event":"e","distinct_id":"d","properties":{"token":"phc_testing_key"}},{"event":"e","distinct_id":"d"}]""", 2)]
    [InlineData("/track", """{"event":"e","distinct_id":"d","$token":"phc_testing_key"}""", 1)]
    [InlineData("/batch/", """{"api_key":"phc_testing_key","batch":[{"event":"e","distinct_id":"d"},{"event":"f","distinct_id":"d"}]}""", 2)]
    [InlineData("/s/", """{"event":"$snapshot","distinct_id":"d","api_key":"phc_testing_key"}""", 1)]
    public async Task Capture_OfEveryForm_IsStored(string path, string body, int count)
    {
        var answer = await PostAsync(path, body);

        Assert.Equal((200, """{"status":1}"""), answer);
        Assert.Equal(count, _queue.Usage(3).Events);
        Assert.Equal(["acme"], _stored);
    }

    [Fact]
    public async Task Capture_OfNamesThatReachPrototypes_TellsHowManyWereLeftOut()
    {
        await PostAsync("/batch", """{"api_key":"phc_testing_key","batch":[{"event":"e","distinct_id":"d","__proto__":1},{"event":"e","distinct_id":"d","properties":{"constructor":{}}}]}""");
        await PostAsync("/capture", WithKey(Event));

        Assert.Equal([("acme", 2)], _dropped);
    }

    [Fact]
    public async Task Capture_OnTheNewPath_SaysOk() => Assert.Equal((200, """{"status":"Ok"}"""), await PostAsync("/i/v0/e/", WithKey(Event)));

    [Theory]
    [InlineData("?api_key=phc_testing_key", "", "")]
    [InlineData("?token=phc_testing_key", "", "")]
    [InlineData("", "Authorization", "Bearer phc_testing_key")]
    [InlineData("", "X-Api-Key", "phc_testing_key")]
    public async Task Key_BesideTheBody_IsFound(string query, string header, string value) =>
        Assert.Equal(200, (await PostAsync("/capture", Event, query: query, header: header, value: value)).Status);

    [Theory]
    [InlineData("gzip", "application/json")]
    [InlineData("deflate", "application/json")]
    [InlineData("br", "text/plain")]
    public async Task Capture_InEveryEncoding_IsStored(string encoding, string type) =>
        Assert.Equal(200, (await PostAsync("/capture", Packed(WithKey(Event), encoding), type: type, header: "Content-Encoding", value: encoding)).Status);

    [Fact]
    public async Task Capture_AsOldClientsWrapIt_IsStored()
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(WithKey(Event)));
        var packed = Convert.ToBase64String(Packed(WithKey(Event), "gzip"));

        Assert.Equal(200, (await PostAsync("/e/", $$"""{"data":"{{base64}}"}""")).Status);
        Assert.Equal(200, (await PostAsync("/e/", $"data={Uri.EscapeDataString(base64)}", type: "application/x-www-form-urlencoded")).Status);
        Assert.Equal(200, (await PostAsync("/e/", $"data={Uri.EscapeDataString(WithKey(Event))}", type: "application/x-www-form-urlencoded")).Status);
        Assert.Equal(200, (await PostAsync("/e/", Packed(WithKey(Event), "gzip"), type: "text/plain", query: "?compression=gzip-js")).Status);
        Assert.Equal(200, (await PostAsync("/e/", packed, query: "?compression=gzip")).Status);
        Assert.Equal(200, (await PostAsync("/e/", base64, query: "?compression=base64", type: "text/plain")).Status);
        Assert.Equal(200, (await SendAsync("GET", "/capture", [], query: $"?data={Uri.EscapeDataString(base64)}")).Status);
        Assert.Equal(7, _queue.Usage(3).Events);
    }

    [Theory]
    [InlineData("{", 400, "invalid_json")]
    [InlineData("5", 400, "invalid_json")]
    [InlineData("""{"api_key":"phc_testing_key","batch":[]}""", 400, "empty_batch")]
    [InlineData("""{"api_key":"phc_testing_key","distinct_id":"d"}""", 400, "missing_event")]
    [InlineData("""{"api_key":"phc_testing_key","event":"e"}""", 400, "missing_distinct_id")]
    [InlineData("""{"api_key":"phc_testing_key","event":"e","distinct_id":"d","properties":5}""", 400, "invalid_event")]
    [InlineData("""[{"event":"e","distinct_id":"d","token":"phc_testing_key"},{"event":"e","distinct_id":"d","token":"other_key"}]""", 400, "mixed_keys")]
    [InlineData("""{"event":"e","distinct_id":"d"}""", 401, "missing_key")]
    [InlineData("""{"event":"e","distinct_id":"d","api_key":"phc_unknown"}""", 401, "invalid_key")]
    [InlineData("""{"api_key":"phc_testing_key","batch":[{},{},{},{},{},{}]}""", 413, "too_many_events")]
    public async Task Capture_OfWhatIsWrong_SaysWhat(string body, int status, string code)
    {
        var answer = await PostAsync("/capture/", body);

        Assert.Equal(status, answer.Status);
        Assert.Equal(code, (string?)JsonNode.Parse(answer.Body)!["error"]!["code"]);
        Assert.Equal(0, (int?)JsonNode.Parse(answer.Body)!["status"]);
        Assert.Equal(0, _queue.Usage(3).Events);
    }

    [Fact]
    public async Task Capture_OfBrokenJson_NamesTheByte()
    {
        var answer = await PostAsync("/capture", "{\n\"a\": x}");

        Assert.Equal(7, (int?)JsonNode.Parse(answer.Body)!["error"]!["details"]!["offset"]);
    }

    [Fact]
    public async Task Capture_NestedTooDeeply_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40));

        Assert.Equal(400, (await PostAsync("/capture", $$$"""{"event":"e","distinct_id":"d","api_key":"{{{Key}}}","properties":{"x":{{{deep}}}}}""")).Status);
    }

    [Fact]
    public async Task Capture_WithNamesTwice_TakesTheLast()
    {
        await PostAsync("/capture", $$$"""{"event":"no","event":"e","distinct_id":"d","api_key":"{{{Key}}}","properties":{"a":{"b":1,"b":2} } }""");

        var stored = JsonNode.Parse(Assert.Single(await _queue.ReadAsync(3, 0, 10)).Body.Span)!;
        Assert.Equal("e", (string?)stored["event"]);
        Assert.Equal("""{"b":2}""", stored["properties"]!["a"]!.ToJsonString());
    }

    [Fact]
    public async Task Batch_WithOneBadEvent_RefusesOnlyThat()
    {
        var (status, body) = await PostAsync("/batch/", $$"""{"api_key":"{{Key}}","batch":[{{Event}},{"event":"x"},{{Event}}]}""");

        Assert.Equal(200, status);
        var rejected = Assert.Single(JsonNode.Parse(body)!["rejected"]!.AsArray())!;
        Assert.Equal((1, "distinct_id", "missing_distinct_id"), ((int?)rejected["index"], (string?)rejected["field"], (string?)rejected["code"]));
        Assert.Equal(2, _queue.Usage(3).Events);
    }

    [Theory]
    [InlineData("application/xml", "", 415, "unsupported_media_type")]
    [InlineData("application/json", "compress", 415, "unsupported_encoding")]
    [InlineData("application/json", "gzip", 400, "invalid_json")]
    public async Task Capture_OfAnUnknownKind_IsRefused(string type, string encoding, int status, string code)
    {
        var answer = await PostAsync("/capture", WithKey(Event), type: type, header: "Content-Encoding", value: encoding);

        Assert.Equal((status, code), (answer.Status, (string?)JsonNode.Parse(answer.Body)!["error"]!["code"]));
    }

    [Fact]
    public async Task Capture_OfTooMuch_IsRefusedAlsoWherePackedSmall()
    {
        var large = WithKey($$"""{"event":"e","distinct_id":"d","properties":{"x":"{{new string('x', 20_000)}}"}""" + "}");

        Assert.Equal(413, (await PostAsync("/capture", large)).Status);
        Assert.Equal(413, (await PostAsync("/capture", Packed(large, "gzip"), header: "Content-Encoding", value: "gzip")).Status);
        Assert.Equal(413, (await PostAsync("/capture", Packed(large, "br"), header: "Content-Encoding", value: "br")).Status);
    }

    [Fact]
    public async Task Capture_IntoAFullQueue_IsToldToWait()
    {
        for (var i = 0; i < 10; i++)
            await PostAsync("/capture", WithKey(Event));
        var context = Context("POST", "/capture", Encoding.UTF8.GetBytes(WithKey(Event)));
        await _handler.HandleAsync(context);

        Assert.Equal(429, context.Response.StatusCode);
        Assert.Equal("5", context.Response.Headers.RetryAfter);
        Assert.Equal("100%", context.Response.Headers["X-Queue-Usage"]);
    }

    [Theory]
    [InlineData("GET", "/batch/", 405)]
    [InlineData("PUT", "/capture", 405)]
    [InlineData("GET", "/static/array.js", 404)]
    [InlineData("GET", "/array/phc_x/config.js", 404)]
    [InlineData("POST", "/", 404)]
    [InlineData("POST", "/decide/", 200)]
    [InlineData("POST", "/flags", 200)]
    public async Task OtherRequests_AreAnswered(string method, string path, int status) => Assert.Equal(status, (await SendAsync(method, path, [])).Status);

    [Fact]
    public async Task Options_OfABrowser_AllowIt()
    {
        var context = Context("OPTIONS", "/e/", []);
        context.Request.Headers.Origin = "https://shop.example";
        context.Request.Headers.AccessControlRequestHeaders = "content-type,x-own";
        await _handler.HandleAsync(context);

        Assert.Equal(204, context.Response.StatusCode);
        Assert.Equal("https://shop.example", context.Response.Headers.AccessControlAllowOrigin);
        Assert.Equal("true", context.Response.Headers.AccessControlAllowCredentials);
        Assert.Equal("content-type,x-own", context.Response.Headers.AccessControlAllowHeaders);
        Assert.Equal("3600", context.Response.Headers.AccessControlMaxAge);
    }

    [Theory]
    [InlineData("127.0.0.1", "198.51.100.7", "198.51.100.7")]
    [InlineData("127.0.0.1", "198.51.100.7, 127.0.0.1", "198.51.100.7")]
    [InlineData("127.0.0.1", "evil, 198.51.100.7", "198.51.100.7")]
    [InlineData("203.0.113.5", "198.51.100.7", "203.0.113.5")]
    [InlineData("::ffff:203.0.113.5", "", "203.0.113.5")]
    public async Task Ip_OfAnEvent_IsTheNearestThatIsNoTrustedProxy(string peer, string forwarded, string expected)
    {
        var context = Context("POST", "/capture", Encoding.UTF8.GetBytes(WithKey(Event)));
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        if (forwarded.Length > 0)
            context.Request.Headers["X-Forwarded-For"] = forwarded;
        await _handler.HandleAsync(context);

        Assert.Equal(expected, (string?)JsonNode.Parse(Assert.Single(await _queue.ReadAsync(3, 0, 1)).Body.Span)!["ip"]);
    }

    private static string WithKey(string json) => $"{{\"api_key\":\"{Key}\",{json[1..]}";

    private static byte[] Packed(string text, string encoding)
    {
        using var bytes = new MemoryStream();
        using (Stream pack = encoding switch
        {
            "gzip" => new GZipStream(bytes, CompressionLevel.Fastest),
            "br" => new BrotliStream(bytes, CompressionLevel.Fastest),
            _ => new ZLibStream(bytes, CompressionLevel.Fastest),
        })
        {
            pack.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }

    private Task<(int Status, string Body)> PostAsync(string path, string body, string type = "application/json", string query = "", string header = "", string value = "") =>
        PostAsync(path, Encoding.UTF8.GetBytes(body), type, query, header, value);

    private Task<(int Status, string Body)> PostAsync(string path, byte[] body, string type = "application/json", string query = "", string header = "", string value = "") =>
        SendAsync("POST", path, body, type, query, header, value);

    private async Task<(int Status, string Body)> SendAsync(
        string method, string path, byte[] body, string type = "application/json", string query = "", string header = "", string value = "")
    {
        var context = Context(method, path, body);
        context.Request.ContentType = type;
        context.Request.QueryString = new QueryString(query);
        if (header.Length > 0)
            context.Request.Headers[header] = value;
        await _handler.HandleAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()));
    }

    private static DefaultHttpContext Context(string method, string path, byte[] body)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.Body = new MemoryStream(body);
        context.Response.Body = new MemoryStream();
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        return context;
    }
}
