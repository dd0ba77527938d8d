using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace GripProxy.GameDay.Tests;

/// <summary>What a game day loads, in this process: takes events, gives them to who listens, and tells of a tenant. What it does wrong is set by the test.</summary>
public sealed class FakeTarget : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<Channel<string>, string> _listeners = new();
    private int _taken;

    private FakeTarget(WebApplication app) => _app = app;

    /// <summary>Changes what an event becomes for clients: none, itself, or several.</summary>
    public Func<JsonObject, int, IEnumerable<JsonObject>> Deliver { get; set; } = static (one, _) => [one];

    /// <summary>Status of the answer to a request with events.</summary>
    public Func<int> Answer { get; set; } = static () => 200;

    /// <summary>Body of that answer.</summary>
    public string AnswerBody { get; set; } = """{"status":1}""";

    /// <summary>What the tenant says of itself.</summary>
    public string Tenant { get; set; } = """{"name": "t", "test": true, "gameday_allow_production": false}""";

    /// <summary>What the queue tells.</summary>
    public string Queue { get; set; } = """{"items": [{"tenant": "t", "waiting": 3, "oldest": null}, {"tenant": "other", "waiting": 99}]}""";

    /// <summary>Events that came in.</summary>
    public ConcurrentQueue<JsonObject> Events { get; } = new();

    /// <summary>Events of stub customers.</summary>
    public ConcurrentQueue<JsonObject> Stubs { get; } = new();

    /// <summary>What further paths of the control port answer, by path and body; null: an empty list.</summary>
    public Func<string, string, string?> Admin { get; set; } = static (_, _) => null;

    /// <summary>Released for each client that begins to listen.</summary>
    public SemaphoreSlim Listening { get; } = new(0);

    /// <summary>When the last request with events came, by the clock's timestamp.</summary>
    public long LastRequest { get; private set; }

    /// <summary>Answers of the control port wait for this.</summary>
    public Task AdminMayAnswer { get; set; } = Task.CompletedTask;

    /// <summary>Completes with the first question that waits.</summary>
    public TaskCompletionSource AdminWaits { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>False: the control port answers nothing.</summary>
    public bool HasAdmin { get; set; } = true;

    /// <summary>True: of the control port only the list of nodes is there.</summary>
    public bool HasOnlyNodes { get; set; }

    /// <summary>Where it is.</summary>
    public string Url => _app.Urls.First();

    /// <summary>Starts one.</summary>
    public static async Task<FakeTarget> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var made = new FakeTarget(app);
        app.UseWebSockets();
        app.Run(made.HandleAsync);
        await app.StartAsync();
        return made;
    }

    /// <summary>A plan for it.</summary>
    public JsonObject Plan(string more = "{}")
    {
        var plan = JsonNode.Parse($$"""
            {
              "name": "try",
              "target": {"ingest": "{{Url}}", "admin": "{{Url}}", "stream": "{{Url}}/stream/{channel}", "ws": "{{Url}}/socket/{channel}", "long_poll": "{{Url}}/poll/{channel}", "tenant": "t", "key": "key-of-t"},
              "baseline": 100, "steps": [1, 2], "hold_s": 2, "ramp_s": 0.5, "settle_s": 5, "check_s": 0.5,
              "source": {"kind": "synthetic", "events": 4, "users": 10},
              "batch": {"size": 5},
              "clients": {"stream": 4, "ws": 4, "channels": ["events.*"]}
            }
            """)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject())
            plan[name] = value?.DeepClone();
        return plan;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (path[0])
        {
            case "batch":
                await TakeAsync(context);
                break;
            case "publish":
                await PublishAsync(context);
                break;
            case "stream":
                await StreamAsync(context, path[1]);
                break;
            case "poll":
                var first = Listen(path[1]);
                await context.Response.WriteAsync(await first.Reader.ReadAsync(context.RequestAborted));
                _listeners.TryRemove(first, out _);
                break;
            case "socket":
                await SocketAsync(context, path[1]);
                break;
            case "v1" when HasAdmin:
                if (path[1] == "events")
                {
                    Stubs.Enqueue((await JsonNode.ParseAsync(context.Request.Body))!.AsObject());
                    break;
                }

                if (!AdminMayAnswer.IsCompleted)
                    AdminWaits.TrySetResult();
                await AdminMayAnswer;
                using (var reader = new StreamReader(context.Request.Body))
                {
                    var about = $"{context.Request.Method} {string.Join('/', path)}{context.Request.QueryString}";
                    if (Admin(about, await reader.ReadToEndAsync()) is { } answer)
                    {
                        await context.Response.WriteAsync(answer);
                        break;
                    }
                }

                if (HasOnlyNodes && path[1] != "nodes")
                {
                    context.Response.StatusCode = 404;
                    break;
                }

                await context.Response.WriteAsync(string.Join('/', path) switch
                {
                    "v1/tenants/t" => Tenant,
                    "v1/queue" => Queue,
                    "v1/nodes" => """{"items": [{"node": "other", "self": false, "version": "1.2.2"}, {"node": "asked", "self": true, "version": "1.2.3"}]}""",
                    _ => """{"items": []}""",
                });
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        LastRequest = TimeProvider.System.GetTimestamp();
        var body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        context.Response.StatusCode = body["api_key"]!.ToString() == "key-of-t" ? Answer() : 401;
        if (context.Response.StatusCode == 200)
        {
            foreach (var one in body["batch"]!.AsArray().OfType<JsonObject>())
            {
                Events.Enqueue(one);
                foreach (var out_ in Deliver(one, Interlocked.Increment(ref _taken) - 1))
                    Send($"events.{out_["event"]}", out_.ToJsonString());
            }
        }

        await context.Response.WriteAsync(AnswerBody);
    }

    private async Task PublishAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        foreach (var item in body["items"]!.AsArray())
            Send(item!["channel"]!.ToString(), item["formats"]!["http-stream"]!["content"]!.ToString());
        await context.Response.WriteAsync("Published");
    }

    private void Send(string channel, string text)
    {
        foreach (var (listener, listens) in _listeners)
        {
            if (listens == channel)
                listener.Writer.TryWrite(text);
        }
    }

    private Channel<string> Listen(string channel)
    {
        var made = Channel.CreateUnbounded<string>();
        _listeners[made] = channel;
        Listening.Release();
        return made;
    }

    private async Task StreamAsync(HttpContext context, string channel)
    {
        var listener = Listen(channel);
        await context.Response.Body.FlushAsync();
        try
        {
            await foreach (var text in listener.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(text + "\n");
                await context.Response.Body.FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            _listeners.TryRemove(listener, out _);
        }
    }

    private async Task SocketAsync(HttpContext context, string channel)
    {
        var listener = Listen(channel);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            await foreach (var text in listener.Reader.ReadAllAsync(context.RequestAborted))
                await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            _listeners.TryRemove(listener, out _);
        }
    }
}
