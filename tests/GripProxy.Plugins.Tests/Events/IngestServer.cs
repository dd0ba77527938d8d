using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Events;

/// <summary>The ingest handler behind a real server, over a real queue that nobody empties. Owned by one test.</summary>
internal sealed class IngestServer : IAsyncDisposable
{
    public const string Key = "phc_testing_key";
    public const string Limited = "phc_limited_key";
    public const string OffKey = "phc_switched_off";
    public const string OffTenant = "phc_tenant_is_off";

    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly WebApplication _app;

    private IngestServer(EventsOptions options, Func<IEventQueue, IEventQueue>? queue)
    {
        Queue = new SqliteEventQueue(_folder.File("events.db"), false, new QueueLimits(Events: 20), Time, NullLogger<SqliteEventQueue>.Instance);
        Tenant[] tenants =
        [
            new() { Name = "acme", Number = 3, ChannelPrefix = "", KeyHashes = [KeyHash.Of(Key)], DisabledKeyHashes = [KeyHash.Of(OffKey)] },
            new() { Name = "small", Number = 4, ChannelPrefix = "", KeyHashes = [KeyHash.Of(Limited)], EventsPerSecond = 2 },
            new() { Name = "off", Number = 5, ChannelPrefix = "", KeyHashes = [KeyHash.Of(OffTenant)], Enabled = false },
        ];
        var intake = new EventIntake(options, queue is null ? Queue : queue(Queue), _ => Stored++, Time, Waits) { Shedding = () => Shed };
        Handler = new IngestHandler(intake, new TenantDirectory(tenants), options, Time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(Handler.HandleAsync);
    }

    /// <summary>What is not taken now.</summary>
    public IngestShedding? Shed { get; set; }

    public ManualTime Time { get; } = new(new DateTimeOffset(2026, 5, 4, 8, 0, 0, TimeSpan.Zero));

    public SqliteEventQueue Queue { get; }

    public EventWaits Waits { get; } = new();

    public IngestHandler Handler { get; }

    /// <summary>How often the dispatcher was woken.</summary>
    public int Stored { get; private set; }

    public static async Task<IngestServer> StartAsync(EventsOptions? options = null, Func<IEventQueue, IEventQueue>? queue = null)
    {
        var server = new IngestServer(options ?? new EventsOptions { MaxBody = 10_000, MaxEvent = 2000, MaxBatch = 15 }, queue);
        await server._app.StartAsync();
        var addresses = server._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        server._http.BaseAddress = new Uri(addresses.Addresses.Single());
        return server;
    }

    /// <summary>Sends a body and gives the answer.</summary>
    /// <param name="path">Path and query.</param>
    /// <param name="body">The body.</param>
    /// <param name="type">Its media type; empty: none.</param>
    /// <param name="headers">As <c>Name: value</c>.</param>
    public Task<Answer> PostAsync(string path, string body, string type = "application/json", params string[] headers) => PostAsync(path, Encoding.UTF8.GetBytes(body), type, headers);

    public async Task<Answer> PostAsync(string path, byte[] body, string type, params string[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (type.Length > 0)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        foreach (var header in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(header.Split(": ")[0], header.Split(": ", 2)[1]));
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, JsonNode.Parse(text)!, response.Headers.RetryAfter?.ToString(), response.Headers.TryGetValues("X-Queue-Usage", out var usage) ? usage.Single() : null);
    }

    /// <summary>Events of the tenant <c>acme</c> that wait, as they were stored.</summary>
    public async Task<IReadOnlyList<JsonNode>> WaitingAsync(int tenant = 3) => [.. (await Queue.ReadAsync(tenant, 0, 100)).Select(one => JsonNode.Parse(one.Body.Span)!)];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        await Queue.DisposeAsync();
        _folder.Dispose();
    }

    internal sealed record Answer(int Status, JsonNode Body, string? RetryAfter, string? Usage)
    {
        public string? Code => (string?)Body["error"]?["code"];

        public string Text => Body.ToJsonString();
    }
}
