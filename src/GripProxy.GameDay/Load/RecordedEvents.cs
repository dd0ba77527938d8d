using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Load;

/// <summary>Events of a recording, in its order, again and again.</summary>
internal sealed class RecordedEvents : EventSource
{
    /// <summary>Events beyond this number are left out.</summary>
    public const int MostEvents = 1_000_000;

    // What the game day sets itself, or the target.
    private static readonly string[] LeftOut = ["uuid", "id", "timestamp", "time", "sent_at", "offset", "api_key", "token", "properties", "data", "event", "distinct_id", "user"];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<EventDraft> _drafts = [];
    private readonly Dictionary<string, int> _names = [];
    private readonly Dictionary<string, int> _users = [];
    private readonly SortedDictionary<long, int> _seconds = [];
    private readonly bool _keepsRate;
    private double[] _curve = [];
    private int _next;

    private RecordedEvents(bool keepsRate) => _keepsRate = keepsRate;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = new List<string>();

    /// <inheritdoc/>
    public override IReadOnlyList<double> Curve => _curve;

    /// <summary>Events a second of its busiest minute; 0 if the recording has no times.</summary>
    public double PeakPerSecond { get; private set; }

    /// <summary>Reads a recording into memory.</summary>
    /// <param name="events">Its events.</param>
    /// <param name="keepsRate">True: the curve has the recording's own rates, so that a multiple of 1 is the recording.</param>
    /// <param name="baseline">Events a second that the curve is for.</param>
    /// <exception cref="PlanException">There is none, or one is no event.</exception>
    public static RecordedEvents Load(IEnumerable<JsonObject> events, bool keepsRate, double baseline)
    {
        var made = new RecordedEvents(keepsRate);
        foreach (var one in events.Take(MostEvents))
            made.Add(one);
        if (made._drafts.Count == 0)
            throw new PlanException(["the recording has no events"]);
        made.MakeCurve(baseline);
        return made;
    }

    /// <inheritdoc/>
    public override EventDraft Next()
    {
        var draft = _drafts[_next];
        _next = (_next + 1) % _drafts.Count;
        return draft;
    }

    private void Add(JsonObject one)
    {
        var properties = one["properties"] as JsonObject ?? one["data"] as JsonObject ?? [];
        var name = one["event"]?.ToString() ?? throw new PlanException([$"event {_drafts.Count + 1} of the recording has no 'event'"]);
        var user = (one["distinct_id"] ?? one["user"] ?? properties["distinct_id"] ?? properties["$distinct_id"])?.ToString() ?? "anonymous";
        if ((one["timestamp"] ?? one["time"]) is { } stamp && Seconds(stamp) is { } second)
            _seconds[second] = _seconds.GetValueOrDefault(second) + 1;
        var head = $"\"event\":{Quoted(name)},\"distinct_id\":{Quoted(user)}";
        foreach (var (member, value) in one.Where(static member => !LeftOut.Contains(member.Key)))
            head += $",{Quoted(member)}:{value?.ToJsonString(Plain) ?? "null"}";
        var tail = new StringBuilder();
        foreach (var (member, value) in properties.Where(static member => member.Key is not ("token" or "$gd")))
            tail.Append($",{Quoted(member)}:{value?.ToJsonString(Plain) ?? "null"}");
        _drafts.Add(new EventDraft(Index(_names, name), Index(_users, user), Encoding.UTF8.GetBytes(head + ",\"properties\":{"), Encoding.UTF8.GetBytes(tail.Append("}}").ToString())));
    }

    private int Index(Dictionary<string, int> known, string text)
    {
        if (known.TryGetValue(text, out var index))
            return index;
        if (known == _names)
            ((List<string>)Names).Add(text);
        return known[text] = known.Count;
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static long? Seconds(JsonNode stamp) =>
        stamp.GetValueKind() == JsonValueKind.Number ? (long)(double.Parse(stamp.ToJsonString()) / 1000)
        : DateTimeOffset.TryParse(stamp.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeSeconds() : null;

    private void MakeCurve(double baseline)
    {
        if (_seconds.Count == 0)
            return;
        var first = _seconds.Keys.First();
        var length = Math.Min(_seconds.Keys.Last() - first + 1, 86_400);
        var counts = new double[length];
        foreach (var (second, count) in _seconds.Where(pair => pair.Key - first < length))
            counts[second - first] = count;
        var minute = Math.Min(60, counts.Length);
        PeakPerSecond = Enumerable.Range(0, counts.Length - minute + 1).Max(at => counts.Skip(at).Take(minute).Sum()) / minute;
        var unit = _keepsRate ? (baseline > 0 ? baseline : PeakPerSecond) : counts.Average();
        _curve = [.. counts.Select(count => count / unit)];
    }
}
