using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Figures;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Agents;

/// <summary>A share of a scenario's load that an agent elsewhere makes. One that does not answer is lost: it is not asked again, and falls silent by itself. Owned by the conductor.</summary>
internal sealed class RemoteGenerator : IGenerator
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    // Connecting many clients takes a while, and so does sending a recording.
    private static readonly TimeSpan PreparePatience = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly WorkerShare _share;
    private readonly ReadOnlyMemory<byte> _recording;
    private readonly string _run;
    private readonly TimeProvider _time;
    private StepTally _tally = new() { Step = 1 };
    private long _begin;
    private bool _isThere;

    /// <summary>Asks nothing yet.</summary>
    /// <param name="plan">The whole scenario.</param>
    /// <param name="share">Which of the agents it is.</param>
    /// <param name="recording">Recorded events as <see cref="AgentOrder.Pack"/> gave them; empty: events are made.</param>
    /// <param name="run">Name of the run and of this generator.</param>
    /// <param name="time">The clock.</param>
    public RemoteGenerator(ScenarioPlan plan, WorkerShare share, ReadOnlyMemory<byte> recording, string run, TimeProvider time)
    {
        _share = share;
        _recording = recording;
        _run = run;
        _time = time;
        Plan = share.Of(plan);
        _http.BaseAddress = share.Address;
        if (share.Token.Length > 0)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", share.Token);
    }

    /// <inheritdoc/>
    public ScenarioPlan Plan { get; private set; }

    /// <inheritdoc/>
    public string? Lost { get; private set; }

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _begin = _time.GetTimestamp();
        var order = new AgentOrder { Run = _run, Plan = Plan, Recording = _recording };
        try
        {
            _ = await SendAsync(HttpMethod.Post, AgentApi.Root, new ByteArrayContent(order.Write()), PreparePatience, cancellationToken);
            _isThere = true;
        }
        catch (Exception e) when (IsLoss(e, cancellationToken))
        {
            throw new TargetException($"the worker {_share.Address.Authority} cannot begin: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public Task BeginStepAsync(int step, double times)
    {
        _tally = new StepTally { Step = step };
        return TellAsync("step", new JsonObject { ["step"] = step, ["times"] = times });
    }

    /// <inheritdoc/>
    public Task GoAsync(double rate, double seconds) => TellAsync("go", new JsonObject { ["rate"] = rate, ["seconds"] = seconds });

    /// <inheritdoc/>
    public Task SilenceAsync() => TellAsync("silence", []);

    /// <inheritdoc/>
    public Task SetHoldAsync(bool holds) => TellAsync("hold", new JsonObject { ["holds"] = holds });

    /// <inheritdoc/>
    public Task ChangeAsync(LoadChange change)
    {
        if (change.Clients is { } clients)
            change = change with { Clients = _share.Of(clients) };
        return TellAsync("change", change.Write());
    }

    /// <inheritdoc/>
    public async Task<LoadReading> ReadAsync(bool isLast)
    {
        if (await TellAsync("read", new JsonObject { ["last"] = isLast }) is not { } answer)
            return new LoadReading(_tally, []);
        var reading = ReadingJson.Read(answer, _time.GetElapsedTime(_begin).TotalSeconds);
        _tally = reading.Tally;
        return reading;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isThere && Lost is null)
        {
            try
            {
                _ = await SendAsync(HttpMethod.Delete, $"{AgentApi.Root}/{_run}", content: null, Patience, CancellationToken.None);
            }
            catch (Exception e) when (IsLoss(e, CancellationToken.None))
            {
                Lost = e.Message; // It ends by itself.
            }
        }

        _http.Dispose();
    }

    // Null: it is lost, or was never there.
    private async Task<JsonObject?> TellAsync(string what, JsonObject body)
    {
        if (!_isThere || Lost is not null)
            return null;
        try
        {
            return await SendAsync(HttpMethod.Post, $"{AgentApi.Root}/{_run}/{what}", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), Patience, CancellationToken.None);
        }
        catch (Exception e) when (IsLoss(e, CancellationToken.None))
        {
            Lost = $"the worker {_share.Address.Authority} does not answer any more: {e.Message}";
            return null;
        }
    }

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, HttpContent? content, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await _http.SendAsync(request, either.Token);
        var text = await response.Content.ReadAsStringAsync(either.Token);
        var json = text.Length > 0 ? JsonNode.Parse(text) as JsonObject : null;
        return response.IsSuccessStatusCode ? json ?? [] : throw new HttpRequestException(json?["detail"]?.ToString() ?? $"it answered {(int)response.StatusCode}");
    }

    private static bool IsLoss(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
