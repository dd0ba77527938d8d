using System.Buffers;
using System.Globalization;
using System.Text.Json;
using GripProxy.Plugins.Runs;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Runs;

/// <summary>What is known of a long run, as it stands in Redis beside what it was given, left and gave. <c>runs.lua</c> reads some of it by its place. Stateless.</summary>
internal static class RunText
{
    /// <summary>What is known of a run.</summary>
    public static ReadOnlyMemory<byte> Of(RunRecord run)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            json.WriteNumberValue(run.Install);
            json.WriteNumberValue((int)run.State);
            json.WriteStringValue(run.Name);
            json.WriteNumberValue(run.Created.ToUnixTimeMilliseconds());
            json.WriteNumberValue(run.Started?.ToUnixTimeMilliseconds() ?? 0);
            json.WriteNumberValue(run.Ended?.ToUnixTimeMilliseconds() ?? 0);
            json.WriteNumberValue(run.Begun);
            json.WriteNumberValue(run.Crashes);
            json.WriteNumberValue(run.Progress);
            json.WriteStringValue(run.Text);
            json.WriteStringValue(run.Error);
            json.WriteStringValue(run.Stack);
            json.WriteStringValue(run.Node);
            json.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>What the script looks at of a run that waits.</summary>
    public static string AboutOf(RunRecord run) =>
        string.Create(CultureInfo.InvariantCulture, $"{run.Install} {run.Created.ToUnixTimeMilliseconds()} {run.NotBefore?.ToUnixTimeMilliseconds() ?? 0}");

    /// <summary>A run that was read: its number, what is known, and where it was asked for what it was given, left and gave.</summary>
    public static RunRecord Read(int tenant, Reply one)
    {
        using var json = JsonDocument.Parse(one[1].Bytes);
        var known = json.RootElement;
        var isWhole = one.Count == 5;
        return new RunRecord
        {
            Id = one[0].Number,
            Tenant = tenant,
            Install = known[0].GetInt32(),
            State = (RunState)known[1].GetInt32(),
            Name = known[2].GetString() ?? "",
            Created = DateTimeOffset.FromUnixTimeMilliseconds(known[3].GetInt64()),
            Started = Time(known[4]),
            Ended = Time(known[5]),
            Begun = known[6].GetInt32(),
            Crashes = known[7].GetInt32(),
            Progress = known[8].GetDouble(),
            Text = known[9].GetString() ?? "",
            Error = known[10].GetString() ?? "",
            Stack = known[11].GetString() ?? "",
            Node = known[12].GetString() ?? "",
            Payload = isWhole ? one[2].Bytes : default,
            Last = isWhole ? one[3].Bytes : default,
            Result = isWhole ? one[4].Bytes : default,
        };
    }

    private static DateTimeOffset? Time(JsonElement known) => known.GetInt64() is > 0 and var time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}
