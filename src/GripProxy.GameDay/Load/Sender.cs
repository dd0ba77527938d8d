using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Load;

/// <summary>
/// Sends requests over a bounded number of connections, each of which takes the next one when the last is answered, in the order they were given in; counts
/// what becomes of them. Thread-safe.
/// </summary>
internal sealed class Sender : IAsyncDisposable
{
    /// <summary>Requests that may wait for answers; a target that leaves more open loses the rest as errors.</summary>
    private const int MostUnderWay = 50_000;

    private const string Stopped = "stopped";
    private const string NoAnswer = "no answer within 30 s";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    // The HTTP client keeps no order among requests that wait for a connection.
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>();
    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly string _bearer;
    private readonly TimeProvider _time;
    private readonly Task _connections;
    private int _underWay;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="plan">Where to.</param>
    /// <param name="hasKeyInBody">True if no header has to tell the key.</param>
    /// <param name="time">The clock.</param>
    public Sender(ScenarioPlan plan, bool hasKeyInBody, TimeProvider time)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = plan.Connections, UseCookies = false, AllowAutoRedirect = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        var target = plan.Kind == ScenarioKind.Ingest ? plan.Target.Ingest : plan.Target.Admin;
        _address = new Uri(target!, plan.BatchPath); // The reader of plans saw that it is there.
        _bearer = plan.Kind == ScenarioKind.Publish ? plan.Target.Token : hasKeyInBody ? "" : plan.Target.Key;
        _time = time;
        _connections = Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(_ => ServeAsync()));
    }

    /// <summary>Sends one as soon as a connection is free. Never fails: what goes wrong is counted.</summary>
    /// <param name="batch">The request.</param>
    /// <param name="stop">Ends it without an answer.</param>
    public void Send(EventBatch batch, CancellationToken stop)
    {
        if (Interlocked.Increment(ref _underWay) > MostUnderWay)
        {
            Interlocked.Decrement(ref _underWay);
            batch.Tally.AddError("not sent: too many unanswered", batch.Events.Count);
            return;
        }

        Interlocked.Add(ref batch.Tally.UnderWay, batch.Events.Count);
        _waiting.Writer.TryWrite(new Waiting(batch, _time.GetTimestamp(), stop)); // There is no bound, and nobody sends to what is disposed of.
    }

    /// <summary>Waits until all that was given in has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.Complete();
        await _connections;
        _http.Dispose();
    }

    // One at a time, until there are no more.
    private async Task ServeAsync()
    {
        while (true)
        {
            Waiting next;
            try
            {
                next = await _waiting.Reader.ReadAsync(); // Unlike others, this wakes one connection for a request.
            }
            catch (ChannelClosedException)
            {
                return;
            }

            var (batch, since, stop) = next;
            if (await TrySendAsync(batch, Patience - _time.GetElapsedTime(since), stop) is { } error)
                batch.Tally.AddError(error, batch.Events.Count);
            Interlocked.Add(ref batch.Tally.UnderWay, -batch.Events.Count);
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>Sends one within the time that is left for it.</summary>
    /// <returns>Null, or what went wrong with all of it.</returns>
    private async Task<string?> TrySendAsync(EventBatch batch, TimeSpan left, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            return Stopped;
        if (left <= TimeSpan.Zero)
            return NoAnswer;
        try
        {
            using var patience = new CancellationTokenSource(left, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
            await SendAsync(batch, either.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            return stop.IsCancellationRequested ? Stopped : NoAnswer;
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError.ToString();
        }
        catch (Exception e)
        {
            return e.GetType().Name; // Whatever it is, the connection goes on.
        }
    }

    private async Task SendAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ByteArrayContent(batch.Body) };
        request.Content.Headers.ContentType = Json;
        if (_bearer.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _bearer);
        using var response = await _http.SendAsync(request, cancellationToken);
        var answered = _time.GetTimestamp();
        Answered(batch, response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken), answered);
    }

    private void Answered(EventBatch batch, HttpStatusCode status, byte[] body, long answered)
    {
        if (status is not (HttpStatusCode.OK or HttpStatusCode.Accepted))
        {
            batch.Tally.AddError($"{(int)status}", batch.Events.Count);
            return;
        }

        var took = _time.GetElapsedTime(batch.Due, answered);
        batch.Second.Ingest.Record(took);
        if (batch.InHold)
            batch.Tally.Ingest.Record(took);
        var rejected = body.AsSpan().IndexOf("\"index\""u8) < 0 ? [] : Rejected(body, batch.Events.Count);
        for (var i = 0; i < batch.Events.Count; i++)
        {
            if (!rejected.Contains(i))
                batch.Log.Take(batch.Events[i].Name, batch.Events[i].Number, batch.Events[i].OfName);
        }

        var taken = batch.Events.Count - rejected.Count;
        Interlocked.Add(ref batch.Tally.Accepted, taken);
        Interlocked.Add(ref batch.Second.Accepted, taken);
        if (rejected.Count > 0)
            batch.Tally.AddError("rejected", rejected.Count);
    }

    // {"status": 1, "rejected": [{"index": 3, "error": "…"}]}
    private static HashSet<int> Rejected(byte[] body, int events)
    {
        try
        {
            var list = (JsonNode.Parse(body) as JsonObject)?["rejected"] as JsonArray;
            return
            [
                .. (list ?? []).OfType<JsonObject>().Select(static one => one["index"]).OfType<JsonValue>()
                    .Select(static index => index.TryGetValue(out int number) ? number : -1).Where(number => number >= 0 && number < events),
            ];
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return []; // Another kind of answer that has the word in it, or one with a member twice.
        }
    }

    private readonly record struct Waiting(EventBatch Batch, long Since, CancellationToken Stop);
}
