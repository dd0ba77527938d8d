using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Running;

/// <summary>Asks the target how it is: its admin API, its metrics page, and addresses that conditions name. Owned by the conductor, which asks one question at a time.</summary>
internal sealed class TargetProbe : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Whoever may load may ask for it, with plugins or without.
    private const string Nodes = "v1/nodes";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false, ConnectTimeout = Patience }) { Timeout = Patience };
    private readonly ScenarioPlan _plan;
    private readonly IReadOnlyList<string> _further;
    private readonly Dictionary<string, (double Value, long At)> _before = [];
    private readonly TargetChanges _changes = new();
    private readonly TimeProvider _time;
    private long _answered;

    /// <summary>Asks nothing yet.</summary>
    /// <param name="plan">The scenario whose target it is.</param>
    /// <param name="conditions">Conditions that may name further metrics.</param>
    /// <param name="time">The clock.</param>
    public TargetProbe(ScenarioPlan plan, IEnumerable<ConditionPlan> conditions, TimeProvider time)
    {
        _plan = plan;
        _time = time;
        _answered = time.GetTimestamp();
        _further = [.. conditions.Select(static condition => condition.Metric).Where(static name => name.Contains(':')).Distinct()];
        if (plan.Target.Token.Length > 0)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", plan.Target.Token);
    }

    /// <summary>Since when the admin API did not answer.</summary>
    public TimeSpan Silent => _time.GetElapsedTime(_answered);

    /// <summary>All that the target tells now; what it does not tell is not there.</summary>
    public async Task<Dictionary<string, double>> ReadAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, double>();
        if (_plan.Kind == ScenarioKind.Ingest)
        {
            ReadQueue(found, await AskAsync("v1/queue", cancellationToken));
            ReadCells(found, await AskAsync("v1/cells", cancellationToken));
            if (await CountLettersAsync(cancellationToken) is { } letters)
                found["dlq.added"] = letters;
        }
        else
        {
            _ = await AskAsync(Nodes, cancellationToken);
        }

        if (_plan.Target.Metrics is { } page && await TextAsync(page, cancellationToken) is { } text)
            ReadPage(found, PrometheusText.Parse(text));
        foreach (var metric in _further.Where(static name => name.StartsWith(MetricNames.Http, StringComparison.Ordinal)))
        {
            var cut = metric.LastIndexOf(':');
            if (Uri.TryCreate(metric[MetricNames.Http.Length..cut], UriKind.Absolute, out var address)
                && JsonPath.Number(Parse(await TextAsync(address, cancellationToken)), metric[(cut + 1)..]) is { } value)
            {
                found[metric] = value;
            }
        }

        return found;
    }

    /// <summary>What somebody has done to the target since the last look, a line each; only an operator's token sees switches.</summary>
    public async Task<IReadOnlyList<string>> ChangesAsync(CancellationToken cancellationToken) => _plan.Kind == ScenarioKind.Publish
        ? []
        : _changes.See(await AskAsync("v1/switches", cancellationToken), await AskAsync($"v1/tenants/{Uri.EscapeDataString(_plan.Target.Tenant)}/plugins", cancellationToken));

    /// <summary>The target's version, or empty.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var nodes = (await AskAsync(Nodes, cancellationToken) as JsonObject)?["items"] as JsonArray ?? [];
        return nodes.OfType<JsonObject>().FirstOrDefault(static node => (bool?)node["self"] == true)?["version"]?.ToString() ?? "";
    }

    /// <summary>Events a second of the busiest minute of the last days.</summary>
    /// <param name="days">How many days, today included.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TargetException">It does not tell, or there was none.</exception>
    public async Task<double> PeakAsync(int days, CancellationToken cancellationToken)
    {
        var answer = await AskAsync($"v1/tenants/{Uri.EscapeDataString(_plan.Target.Tenant)}/events/peaks", cancellationToken) as JsonObject;
        var first = _time.GetUtcNow().UtcDateTime.Date.AddDays(1 - days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var most = (answer?["items"] as JsonArray ?? []).OfType<JsonObject>()
            .Where(day => string.CompareOrdinal(day["day"]?.ToString(), first) >= 0)
            .Select(static day => JsonPath.Number(day, "events_in_a_minute") ?? 0).DefaultIfEmpty(0).Max();
        return most > 0 ? most / 60 : throw new TargetException($"baseline.from is metrics, but the target tells of no events of '{_plan.Target.Tenant}' in the last {days} days");
    }

    /// <summary>The tenant as the target tells it.</summary>
    /// <exception cref="TargetException">It does not tell.</exception>
    public async Task<JsonObject> TenantAsync(CancellationToken cancellationToken)
    {
        var address = Admin($"v1/tenants/{Uri.EscapeDataString(_plan.Target.Tenant)}");
        try
        {
            using var response = await _http.GetAsync(address, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode && Parse(text) is JsonObject tenant)
                return tenant;
            var detail = (Parse(text) as JsonObject)?["detail"]?.ToString() ?? $"it answered {(int)response.StatusCode}";
            throw new TargetException($"the tenant '{_plan.Target.Tenant}' cannot be looked at ({address}): {detail}; target.token or token_env gives a token of the tenant or of the operator");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new TargetException($"the control port does not answer ({address}): {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private Uri Admin(string path) => new(new Uri(_plan.Target.Admin!.ToString().TrimEnd('/') + "/"), path); // The reader of plans saw that it is there.

    private async Task<JsonNode?> AskAsync(string path, CancellationToken cancellationToken)
    {
        var text = await TextAsync(Admin(path), cancellationToken);
        if (text is not null)
            _answered = _time.GetTimestamp();
        return Parse(text);
    }

    private async Task<string?> TextAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(address, cancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(cancellationToken) : null;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null; // It is looked at again soon; meanwhile there is no value.
        }
    }

    private static JsonNode? Parse(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null; // Something else answers there.
        }
    }

    private IEnumerable<JsonObject> OfTenant(JsonNode? list) =>
        ((list as JsonObject)?["items"] as JsonArray ?? []).OfType<JsonObject>().Where(one => one["tenant"]?.ToString() == _plan.Target.Tenant);

    private void ReadQueue(Dictionary<string, double> found, JsonNode? answer)
    {
        foreach (var one in OfTenant(answer))
        {
            found["queue.events"] = JsonPath.Number(one, "waiting") ?? 0;
            if (one.ContainsKey("oldest"))
                found["queue.oldest_s"] = Age(one["oldest"]);
            if (one.ContainsKey("post_oldest"))
                found["post.oldest_s"] = Age(one["post_oldest"]);
        }
    }

    private double Age(JsonNode? since) => DateTimeOffset.TryParse(since?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? Math.Max(0, (_time.GetUtcNow() - time).TotalSeconds)
        : 0;

    private void ReadCells(Dictionary<string, double> found, JsonNode? answer)
    {
        if (answer is null)
            return;
        var cells = OfTenant(answer).ToList();
        found["cell.restarts"] = cells.Sum(static cell => JsonPath.Number(cell, "restarts") ?? 0);
        if (cells.Exists(static cell => cell["resident_bytes"] is not null))
            found["cell.rss_mb_max"] = cells.Max(static cell => JsonPath.Number(cell, "resident_bytes") ?? 0) / (1024 * 1024);
    }

    private async Task<double?> CountLettersAsync(CancellationToken cancellationToken)
    {
        long count = 0;
        var after = "";
        do
        {
            if (await AskAsync($"v1/tenants/{Uri.EscapeDataString(_plan.Target.Tenant)}/dlq?limit=1000{after}", cancellationToken) is not JsonObject page)
                return null;
            count += (page["items"] as JsonArray)?.Count ?? 0;
            after = page["next"] is { } next ? $"&after={Uri.EscapeDataString(next.ToString())}" : "";
        }
        while (after.Length > 0);
        return count;
    }

    // What the admin API told already counts for more: it is of one node and of now.
    private void ReadPage(Dictionary<string, double> found, PrometheusText page)
    {
        var tenant = $"{{tenant=\"{_plan.Target.Tenant}\"}}";
        foreach (var (name, series) in new[] { ("queue.events", "gripproxy_queue_events"), ("queue.oldest_s", "gripproxy_queue_oldest_seconds"), ("dlq.added", "gripproxy_dlq_items") })
        {
            if (!found.ContainsKey(name) && page.Sum(series + tenant) is { } value)
                found[name] = value;
        }

        if (!found.ContainsKey("cell.rss_mb_max") && page.Sum("gripproxy_cell_rss_bytes" + tenant) is { } bytes)
            found["cell.rss_mb_max"] = bytes / (1024 * 1024);
        foreach (var metric in _further.Where(static name => name.StartsWith(MetricNames.Prometheus, StringComparison.Ordinal)))
        {
            var selector = metric[MetricNames.Prometheus.Length..];
            var isRate = selector.StartsWith("rate(", StringComparison.Ordinal) && selector.EndsWith(')');
            if (page.Sum(isRate ? selector["rate(".Length..^1] : selector) is not { } value)
                continue;
            var now = _time.GetTimestamp();
            if (!isRate)
                found[metric] = value;
            else if (_before.TryGetValue(metric, out var before) && now > before.At)
                found[metric] = Math.Max(0, value - before.Value) / _time.GetElapsedTime(before.At, now).TotalSeconds;
            if (isRate)
                _before[metric] = (value, now);
        }
    }
}
