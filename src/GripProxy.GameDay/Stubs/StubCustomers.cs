using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Clients;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace GripProxy.GameDay.Stubs;

/// <summary>
/// Customers of one kind (plugins-gameday.md §5): they take what goes out, and some of it comes back as events of the same user. Owned by their generator;
/// chances are guarded by the lock.
/// </summary>
/// <param name="plan">Which.</param>
/// <param name="target">Where they listen, and where their events go.</param>
/// <param name="names">Names of events, for patterns of channels.</param>
/// <param name="counts">Takes what they do.</param>
/// <param name="time">The clock.</param>
internal sealed class StubCustomers(StubPlan plan, TargetPlan target, IReadOnlyList<string> names, StubCounts counts, TimeProvider time) : IAsyncDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Lock _gate = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Listener> _listeners = [];
    private readonly EvenChance _fails = new(plan.FailRate);
    private EvenChance _opens = new(plan.Open);
    private EvenChance _clicks = new(plan.Click);
    private WebApplication? _webhook;

    /// <summary>Their name.</summary>
    public string Name => plan.Name;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="TargetException">They cannot.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (plan.Webhook.Length > 0)
        {
            await StartWebhookAsync(IPEndPoint.Parse(plan.Webhook), cancellationToken);
            return;
        }

        var (transport, address) = plan.Transport switch
        {
            "ws" => ((IListenTransport)new WebSocketTransport(), target.WebSocket),
            "long_poll" => (new LongPollTransport(_http), target.LongPoll),
            _ => (new StreamTransport(_http, plan.Slow, time), target.Stream),
        };
        foreach (var (channel, _) in ChannelName.All(plan.Listen, names))
        {
            var reader = new ItemReader(Take);
            _listeners.Add(new Listener(
                transport, ClientSet.Address(address.Length > 0 ? address : target.Stream, channel), (piece, isEnd) => reader.Take(piece.Span, isEnd), counts.Failed,
                plan.Flap > 0 ? TimeSpan.FromSeconds(plan.Flap) : null, time));
        }

        try
        {
            await Task.WhenAll(_listeners.Select(static listener => listener.Held)).WaitAsync(TimeSpan.FromSeconds(30), time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TargetException($"the stub customers '{plan.Name}' cannot listen: no answer within 30 s");
        }
    }

    /// <summary>Changes how likely they open and click.</summary>
    public void Change(double open, double click)
    {
        lock (_gate)
            (_opens, _clicks) = (new EvenChance(open), new EvenChance(click));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var listener in _listeners)
            await listener.DisposeAsync();
        if (_webhook is not null)
            await _webhook.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task StartWebhookAsync(IPEndPoint listen, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(listen));
        _webhook = builder.Build();
        _webhook.Run(HandleAsync);
        await _webhook.StartAsync(cancellationToken);
    }

    private async Task HandleAsync(HttpContext context)
    {
        bool fails;
        lock (_gate)
            fails = _fails.Ask();
        if (fails)
        {
            context.Response.StatusCode = plan.FailStatus == 0 ? StatusCodes.Status500InternalServerError : plan.FailStatus;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        new ItemReader(Take).Take(body.ToArray().Where(static one => one != '\n').ToArray(), isEnd: true);
    }

    private void Take(JsonObject item)
    {
        counts.Item();
        if (JsonPath.Find(item, plan.UserPath)?.ToString() is not { Length: > 0 } user)
            return;
        lock (_gate)
        {
            if (_opens.Ask())
                _ = AnswerAsync(user, _clicks.Ask());
        }
    }

    private async Task AnswerAsync(string user, bool clicks)
    {
        try
        {
            await Task.Delay(Within(plan.OpenDelay), time, _stop.Token);
            if (await SendAsync(plan.OpenedEvent, user))
                counts.Opened();
            if (!clicks)
                return;
            await Task.Delay(Within(plan.ClickDelay), time, _stop.Token);
            if (await SendAsync(plan.ClickedEvent, user))
                counts.Clicked();
        }
        catch (OperationCanceledException)
        {
            // The game day is over before they answered.
        }
    }

    private static TimeSpan Within((double From, double To) range) => TimeSpan.FromSeconds(range.From + (EvenChance.Random() * (range.To - range.From)));

    private async Task<bool> SendAsync(string name, string user)
    {
        var body = new JsonObject
        {
            ["event"] = name,
            ["distinct_id"] = user,
            ["uuid"] = Guid.NewGuid().ToString(),
            ["properties"] = new JsonObject { ["$gd_stub"] = plan.Name },
        };
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(target.Ingest ?? target.Admin!, "/v1/events")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString())) }; // The reader of plans saw that one is there.
            request.Content.Headers.ContentType = Json;
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", target.Key);
            using var response = await _http.SendAsync(request, _stop.Token);
            if (response.IsSuccessStatusCode)
                return true;
            counts.Failed($"stub: {(int)response.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            counts.Failed($"stub: {e.HttpRequestError}");
        }

        return false;
    }
}
