using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Plans;

/// <summary>Reads a scenario: the plan itself, or one of its <c>scenarios</c>, which take from the plan what they do not say.</summary>
/// <param name="variable">Environment variables, by name.</param>
/// <param name="folder">Files that the plan names are below it.</param>
internal sealed class ScenarioReader(Func<string, string?> variable, string folder)
{
    private const int MostSteps = 1000;

    /// <summary>Its members.</summary>
    public static IReadOnlyList<string> Members { get; } =
        ["name", "kind", "target", "baseline", "steps", "shape", "source", "batch", "connections", "clients", "stubs", "conditions"];

    /// <summary>Reads it.</summary>
    /// <param name="node">The scenario.</param>
    /// <param name="name">Its name.</param>
    /// <param name="root">The plan.</param>
    public ScenarioPlan Read(PlanNode node, string name, PlanNode root)
    {
        if (node != root)
            node.Allow([.. Members]);
        PlanNode From(string member) => node.Has(member) ? node : root;
        var kind = From("kind").OneOf("kind", "ingest", "publish") == "publish" ? ScenarioKind.Publish : ScenarioKind.Ingest;
        var batch = From("batch").Child("batch");
        batch?.Allow("size", "path");
        var source = ReadSource(From("source").Child("source"), out var timing);
        var made = new ScenarioPlan
        {
            Name = name,
            Kind = kind,
            Target = ReadTarget(From("target"), kind),
            Baseline = ReadBaseline(From("baseline"), source, kind, out var days),
            BaselineDays = days,
            Steps = ReadSteps(From("steps")),
            Shape = timing == "rate" ? ReadShape(From("shape")) : LoadShape.Recorded,
            Source = source,
            BatchSize = batch?.Count("size", kind == ScenarioKind.Ingest ? 20 : 1, 1, 1000) ?? (kind == ScenarioKind.Ingest ? 20 : 1),
            BatchPath = batch?.Text("path", DefaultPath(kind)) ?? DefaultPath(kind),
            Connections = From("connections").Count("connections", 64, 1, 10_000),
            Clients = ReadClients(From("clients").Child("clients")),
            Stubs = [.. From("stubs").Children("stubs").Select((stub, index) => StubReader.Read(stub, index))],
            Conditions = ConditionReader.Read(node),
        };
        Check(node, made, root);
        return made;
    }

    private static string DefaultPath(ScenarioKind kind) => kind == ScenarioKind.Ingest ? "/batch/" : "/publish/";

    private static LoadShape ReadShape(PlanNode node) => node.OneOf("shape", "steady", "burst", "sine") switch
    {
        "burst" => LoadShape.Burst,
        "sine" => LoadShape.Sine,
        _ => LoadShape.Steady,
    };

    private TargetPlan ReadTarget(PlanNode parent, ScenarioKind kind)
    {
        if (parent.Child("target") is not { } node)
        {
            parent.Report("target", "is missing, expected {\"ingest\": \"http://127.0.0.1:7998\", …}");
            return new TargetPlan();
        }

        node.Allow("ingest", "admin", "stream", "long_poll", "ws", "metrics", "tenant", "key", "key_env", "token", "token_env");
        var target = new TargetPlan
        {
            Ingest = node.Address("ingest"),
            Admin = node.Address("admin"),
            Stream = ListenAddress(node, "stream"),
            LongPoll = ListenAddress(node, "long_poll"),
            WebSocket = ListenAddress(node, "ws"),
            Metrics = node.Address("metrics"),
            Tenant = node.Text("tenant", "default"),
            Key = Secret(node, "key"),
            Token = Secret(node, "token"),
        };
        if (kind == ScenarioKind.Ingest && target.Ingest is null && !node.Has("ingest"))
            node.Report("ingest", "is missing: where do events go?");
        if (target.Admin is null && !node.Has("admin"))
            node.Report("admin", "is missing: the control port, as http://127.0.0.1:5561");
        return target;
    }

    private static string ListenAddress(PlanNode node, string name)
    {
        var text = node.Text(name, "");
        if (text.Length > 0 && !(Uri.TryCreate(text.Replace("{channel}", "c", StringComparison.Ordinal), UriKind.Absolute, out var address) && address.Scheme is "http" or "https" or "ws" or "wss"))
            node.Report(name, $"is '{text}', expected an address as http://127.0.0.1:7999/stream/{{channel}}");
        return text;
    }

    // A secret may stand in the plan for tries; the environment is the better place.
    private string Secret(PlanNode node, string name)
    {
        if (node.Text($"{name}_env", "") is not { Length: > 0 } from)
            return node.Text(name, "");
        if (variable(from) is { Length: > 0 } value)
            return value;
        node.Report($"{name}_env", $"names the environment variable {from}, which is not set");
        return "";
    }

    private static double ReadBaseline(PlanNode parent, SourcePlan source, ScenarioKind kind, out int days)
    {
        days = 0;
        if (!parent.Has("baseline"))
        {
            parent.Report("baseline", "is missing: events a second of the normal load, as 250");
            return 1;
        }

        if (parent.Json["baseline"] is not JsonObject)
            return parent.Number("baseline", 1, 0.001, 1e7);
        var node = parent.Child("baseline")!; // It is an object.
        node.Allow("events_per_s", "from", "stat", "window");
        if (!node.Has("from"))
            return node.Number("events_per_s", 1, 0.001, 1e7);
        _ = node.OneOf("stat", "peak_1m");
        if (node.OneOf("from", "recording", "metrics") == "metrics")
        {
            days = node.OneOf("window", "7d", "6d", "5d", "4d", "3d", "2d", "1d")[0] - '0';
            if (kind != ScenarioKind.Ingest)
                node.Report("from", "is metrics, which tell of events; expected a number of publishes");
            return 0;
        }

        if (source.Files.Count == 0)
            node.Report("from", "is recording, but source.files names none");
        return 0;
    }

    private static List<LoadStep> ReadSteps(PlanNode parent)
    {
        var steps = new List<LoadStep>();
        switch (parent.Json["steps"])
        {
            case JsonArray list:
                foreach (var step in list)
                    steps.AddRange(ReadStep(parent, step));
                break;
            case JsonObject:
                var range = parent.Child("steps")!; // It is an object.
                range.Allow("from", "to", "by");
                var (from, to, by) = (range.Number("from", 1, 0.01), range.Number("to", 1, 0.01), range.Number("by", 1, 0.01));
                for (var i = 0; from + (i * by) <= to + 1e-9 && i <= MostSteps; i++)
                    steps.Add(new LoadStep(from + (i * by), 0));
                break;
            default:
                break;
        }

        if (steps.Count is 0 or > MostSteps)
            parent.Report("steps", $"must be 1 to {MostSteps} multiples of the baseline, as [1, 2, 4], {{\"from\": 1, \"to\": 8, \"by\": 1}} or [\"500/s\"]");
        return steps;
    }

    private static IEnumerable<LoadStep> ReadStep(PlanNode parent, JsonNode? step)
    {
        if (step?.GetValueKind() == JsonValueKind.Number && double.Parse(step.ToJsonString(), CultureInfo.InvariantCulture) is > 0 and var multiple)
            return [new LoadStep(multiple, 0)];
        var text = step?.GetValueKind() == JsonValueKind.String ? step.GetValue<string>() : "";
        if (text.EndsWith("/s", StringComparison.Ordinal) && double.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate > 0)
            return [new LoadStep(0, rate)];
        parent.Report("steps", $"has {step?.ToJsonString() ?? "null"}, expected a multiple as 2 or a rate as \"500/s\"");
        return [];
    }

    private SourcePlan ReadSource(PlanNode? node, out string timing)
    {
        timing = "rate";
        if (node is null)
            return new SourcePlan();
        var made = new SourcePlan();
        node.Allow("kind", "files", "anonymise", "timing", "events", "users", "bytes");
        if (node.OneOf("kind", "synthetic", "recorded") == "recorded")
        {
            timing = node.OneOf("timing", "rate", "recorded", "recorded-shape");
            made = made with
            {
                Files = [.. node.Texts("files", []).Select(Full)],
                Anonymise = node.Text("anonymise", "") is { Length: > 0 } rules ? Full(rules) : "",
                KeepsRate = timing == "recorded",
            };
            if (made.Files.Count == 0)
                node.Report("files", "is missing: which events are sent?");
            foreach (var missing in made.Files.Append(made.Anonymise).Where(static file => file.Length > 0 && !File.Exists(file)))
                node.Report(missing == made.Anonymise ? "anonymise" : "files", $"names {missing}, which is not there");
            return made;
        }

        var names = node.Json["events"]?.GetValueKind() == JsonValueKind.Number
            ? [.. Enumerable.Range(1, node.Count("events", 20, 1, 10_000)).Select(static number => $"gd{number}")]
            : node.Texts("events", made.Names);
        if (names.Count == 0 || names.Any(static name => name.Length is 0 or > 200))
            node.Report("events", "must be a number, or names of 1 to 200 characters");
        return made with { Names = names, Users = node.Count("users", 1000, 1, 10_000_000), Bytes = node.Count("bytes", 100, 0, 1_000_000) };
    }

    private string Full(string file) => Path.GetFullPath(Path.Combine(folder, file));

    private static ClientsPlan ReadClients(PlanNode? node)
    {
        if (node is null)
            return new ClientsPlan();
        node.Allow("stream", "long_poll", "ws", "channels", "multiply");
        return new ClientsPlan
        {
            Stream = node.Count("stream", 0, 0, 1_000_000),
            LongPoll = node.Count("long_poll", 0, 0, 1_000_000),
            WebSocket = node.Count("ws", 0, 0, 1_000_000),
            Channels = node.Texts("channels", ["events.*"]),
            Multiply = node.Flag("multiply"),
        };
    }

    private static void Check(PlanNode node, ScenarioPlan made, PlanNode root)
    {
        var target = made.Target;
        if (target.Stream.Length == 0 && (made.Clients.Stream > 0 || (made.Clients.LongPoll > 0 && target.LongPoll.Length == 0) || (made.Clients.WebSocket > 0 && target.WebSocket.Length == 0)))
            node.Report("target.stream", "is missing: where do clients listen?");
        var conditions = node == root ? made.Conditions : [.. made.Conditions, .. ConditionReader.Read(root)];
        foreach (var condition in conditions.Where(condition => MetricNames.NeedsClients(condition.Metric) && made.Clients.Count == 0))
            node.Report("clients", $"has none, which '{condition.Name}' ({condition.Metric}) needs");
        foreach (var condition in made.Conditions.Where(condition => condition.Metric.StartsWith(MetricNames.Prometheus, StringComparison.Ordinal) && target.Metrics is null))
            node.Report("target.metrics", $"is missing, which '{condition.Name}' needs: the metrics page, as http://127.0.0.1:9100/");
    }
}
