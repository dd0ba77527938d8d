using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using GripProxy.Channels;
using GripProxy.Channels.Connections;
using GripProxy.Control.Http;
using GripProxy.Protocol.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Tests.Testing;

/// <summary>A control port on a loopback port of its own, with real channels behind it.</summary>
internal sealed class ControlPort : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RecordedLog _log;
    private readonly RecordedBadRequests _badRequests;

    private ControlPort(WebApplication app, RecordedLog log, RecordedBadRequests badRequests)
    {
        _app = app;
        _log = log;
        _badRequests = badRequests;
        Port = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port;
    }

    public int Port { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The channels of all items that reached delivery, in order (PUB-34).</summary>
    public IReadOnlyList<string> Published => _log.Values(eventName: "Published", value: "Channel");

    /// <summary>Ends when the first item reached delivery.</summary>
    public Task FirstPublished => _log.WhenAsync("Published").WaitAsync(RawClient.Patience);

    /// <summary>The connections that are held.</summary>
    public HeldClients Held => (HeldClients)Services.GetRequiredService<IConnectionDirectory>();

    public IReadOnlyList<string> LogLines => _log.Lines;

    /// <summary>What the server itself refused, as the host would answer it.</summary>
    public Task<FramingError> BadRequest => _badRequests.First;

    /// <summary>Starts one; what <paramref name="services"/> adds comes before what the projects add.</summary>
    public static Task<ControlPort> StartAsync(string config = "", Action<IServiceCollection>? services = null) =>
        StartAsync(config, services, healthOnly: false);

    public static Task<ControlPort> StartHealthAsync() => StartAsync("", services: null, healthOnly: true);

    public async Task<RawClient> ConnectAsync() => await RawClient.ConnectAsync(Port);

    /// <summary>One request with a body on a connection of its own.</summary>
    public async Task<RawAnswer> PostAsync(string path, string body, params string[] headers)
    {
        await using var client = await ConnectAsync();
        await client.SendAsync("POST", path, body, headers);
        return await client.ReadAsync();
    }

    /// <summary>One request without a body on a connection of its own.</summary>
    public async Task<RawAnswer> RequestAsync(string method, string path, params string[] headers)
    {
        await using var client = await ConnectAsync();
        await client.SendRawAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\n{string.Concat(headers.Select(line => line + "\r\n"))}\r\n");
        return await client.ReadAsync(isHead: method == "HEAD");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>The JSON of an answer with this status.</summary>
    public async Task<JsonNode> GetAsync(string path, int status = 200, params string[] headers) =>
        Parse(await RequestAsync("GET", path, headers), status);

    /// <summary>Posts JSON and gives that of an answer with this status.</summary>
    public async Task<JsonNode> CommandAsync(string path, string body, int status = 200, params string[] headers) =>
        Parse(await PostAsync(path, body, headers), status);

    /// <summary>Reads an event stream from its beginning.</summary>
    public Task<EventClient> WatchAsync(string path) => EventClient.ConnectAsync(Port, path);

    private static JsonNode Parse(RawAnswer answer, int status)
    {
        Assert.Equal(status, answer.Status);
        Assert.Equal(status < 400 ? "application/json" : "application/problem+json", answer.Header("Content-Type"));
        return JsonNode.Parse(answer.Body)!; // It is an object.
    }

    private static async Task<ControlPort> StartAsync(string config, Action<IServiceCollection>? services, bool healthOnly)
    {
        var settings = Settings.Parse(config);
        var options = ControlOptions.Read(settings);
        var channels = ChannelsOptions.Read(settings);
        Assert.Empty(settings.Problems);

        var log = new RecordedLog();
        var badRequests = new RecordedBadRequests();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<DiagnosticSource>(badRequests);
        services?.Invoke(builder.Services);
        builder.Services.AddSingleton<IConnectionDirectory, HeldClients>();
        builder.Services.AddGripChannels(channels).AddGripControl(options);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            ControlServerLimits.Apply(kestrel.Limits, options);
            HalfClosedConnections.Serve(kestrel);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        var pipeline = app.Services.GetRequiredService<ControlPipeline>();
        app.Run(healthOnly ? pipeline.HandleHealthAsync : pipeline.HandleAsync);
        await app.StartAsync();
        return new ControlPort(app, log, badRequests);
    }
}
