using System.Text.Json;

namespace GripProxy.Plugins.Engine;

/// <summary>Reads what a cell answers. Throws on anything that is no such answer.</summary>
internal static class CellAnswers
{
    /// <summary>What became of loading.</summary>
    public static LoadedPlugin ReadLoaded(JsonElement answer, byte[] frame)
    {
        if (CellJson.Find(answer, "error") is { } error)
            return new LoadedPlugin(null, CellJson.Error(error));
        var found = answer.GetProperty("capabilities");
        return new LoadedPlugin(new PluginCapabilities
        {
            Methods = CellJson.Texts(found, "methods"),
            Jobs = CellJson.Texts(found, "jobs"),
            Functions = CellJson.Texts(found, "functions"),
            Runs = CellJson.Texts(found, "runs"),
            Schedules = [.. found.GetProperty("schedule").EnumerateArray().Select(task => new CronTask(CellJson.Text(task, "name"), CellJson.Text(task, "cron")))],
        }, null);
    }

    /// <summary>What became of a call.</summary>
    public static CallResult ReadCall(JsonElement answer, byte[] frame) =>
        CellJson.Find(answer, "error") is { } error
            ? new CallResult(default, CellJson.Error(error))
            : new CallResult(CellJson.Bytes(answer.GetProperty("ok"), frame), null);

    /// <summary>What became of each event.</summary>
    /// <param name="answer">The frame.</param>
    /// <param name="frame">Its bytes.</param>
    /// <param name="count">Events that were asked about: no more and no fewer answers may come.</param>
    public static ChainResult[] ReadChain(JsonElement answer, byte[] frame, int count)
    {
        var events = answer.GetProperty("events");
        if (events.GetArrayLength() != count)
            throw new InvalidDataException($"{events.GetArrayLength()} events came back of {count}");
        return [.. events.EnumerateArray().Select(one => ReadEvent(one, frame))];
    }

    private static ChainResult ReadEvent(JsonElement one, byte[] frame)
    {
        var value = one.GetProperty("event");
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
            throw new InvalidDataException("an event is no object");
        return new ChainResult
        {
            Event = value.ValueKind == JsonValueKind.Null ? (ReadOnlyMemory<byte>?)null : CellJson.Bytes(value, frame),
            DroppedBy = CellJson.Find(one, "dropped")?.GetInt32(),
            RetryOf = CellJson.Find(one, "retry")?.GetInt32(),
            Errors = CellJson.Find(one, "errors") is { } errors
                ? [.. errors.EnumerateArray().Select(error => new CopyError(error.GetProperty("copy").GetInt32(), CellJson.Error(error)))]
                : [],
            Skipped = CellJson.Find(one, "skipped") is { } skipped ? [.. skipped.EnumerateArray().Select(static copy => copy.GetInt32())] : [],
            Times = [.. one.GetProperty("micros").EnumerateArray().Select(pair => new CopyTime(pair[0].GetInt32(), pair[1].GetInt64()))],
        };
    }
}
