using System.Text.Json;
using GripProxy.Plugins.Engine.Frames;

namespace GripProxy.Plugins.Engine;

/// <summary>Builds what is sent to a cell, a whole frame each (plugins.md §5.2). What comes back is read by <see cref="CellAnswers"/>.</summary>
internal static class CellFrames
{
    /// <summary>The first frame: what plugins may use up.</summary>
    public static ReadOnlyMemory<byte> Hello(WorkerLimits limits)
    {
        using var frame = new FrameWriter("hello");
        frame.Json.WriteNumber("protocol", 1);
        frame.Json.WriteStartObject("limits");
        frame.Json.WriteNumber("call_ms", (long)limits.Call.TotalMilliseconds);
        frame.Json.WriteNumber("loop_ms", (long)limits.Call.TotalMilliseconds);
        frame.Json.WriteNumber("log_rate", limits.LogLinesPerSecond);
        frame.Json.WriteNumber("log_burst", limits.LogBurst);
        frame.Json.WriteNumber("log_line", limits.LogLine);
        frame.Json.WriteNumber("max_requests", limits.Requests);
        frame.Json.WriteNumber("max_timers", limits.Timers);
        frame.Json.WriteEndObject();
        return frame.Finish();
    }

    /// <summary>Asks for any sign of life.</summary>
    public static ReadOnlyMemory<byte> Ping()
    {
        using var frame = new FrameWriter("ping");
        return frame.Finish();
    }

    /// <summary>Tells a long run to end.</summary>
    /// <param name="run">Its number.</param>
    public static ReadOnlyMemory<byte> Cancel(long run)
    {
        using var frame = new FrameWriter("cancel");
        frame.Json.WriteNumber("run", run);
        return frame.Finish();
    }

    /// <summary>Loads a copy.</summary>
    /// <param name="call">Comes back with the answer.</param>
    /// <param name="copy">The copy.</param>
    public static ReadOnlyMemory<byte> Load(long call, PluginCopy copy)
    {
        using var frame = new FrameWriter("load");
        frame.Json.WriteNumber("call", call);
        frame.Json.WriteNumber("copy", copy.Number);
        frame.Json.WriteNumber("install", copy.Install);
        frame.Json.WriteNumber("address", copy.Address ?? copy.Install);
        frame.Json.WriteString("name", copy.Name);
        WriteRaw(frame.Json, "code", copy.Code.Json);
        frame.Json.WriteString("tenant", copy.Place.Tenant ?? "");
        frame.Json.WriteNumber("tenant_id", copy.Place.TenantNumber);
        frame.Json.WriteString("node", copy.Place.Node ?? "");
        frame.Json.WriteString("version", PluginPlace.Version);
        WriteRaw(frame.Json, "config", copy.Config);
        frame.Json.WriteBoolean("skips_own", copy.SkipsOwn);
        frame.Json.WriteStartArray("ignores");
        foreach (var name in copy.Ignores)
            frame.Json.WriteStringValue(name);
        frame.Json.WriteEndArray();
        WriteAttachments(frame.Json, copy.Attachments);
        return frame.Finish();
    }

    /// <summary>Forgets a copy.</summary>
    public static ReadOnlyMemory<byte> Unload(int copy)
    {
        using var frame = new FrameWriter("unload");
        frame.Json.WriteNumber("copy", copy);
        return frame.Finish();
    }

    /// <summary>Calls an exported function: <see cref="Cell.CallAsync(int, string, long, CallTurn, IReadOnlyList{ReadOnlyMemory{byte}})"/>.</summary>
    /// <param name="call">Comes back with the answer.</param>
    /// <param name="limit">Time that it may take.</param>
    /// <param name="copy">Number of the copy.</param>
    /// <param name="method">Name of the function.</param>
    /// <param name="ticket">What it is called about.</param>
    /// <param name="turn">How the call came about.</param>
    /// <param name="arguments">Each as JSON.</param>
    public static ReadOnlyMemory<byte> Call(
        long call, TimeSpan limit, int copy, string method, long ticket, CallTurn turn, IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        using var frame = new FrameWriter("call");
        frame.Json.WriteNumber("call", call);
        frame.Json.WriteNumber("copy", copy);
        frame.Json.WriteNumber("ticket", ticket);
        frame.Json.WriteString("method", method);
        if (turn.Attempt > 0)
            WriteNumbers(frame.Json, "attempt", [turn.Attempt, turn.Attempts]);
        frame.Json.WriteNumber("limit_ms", (long)limit.TotalMilliseconds);
        WriteArray(frame.Json, "args", arguments);
        return frame.Finish();
    }

    /// <summary>Runs the chain over events: <see cref="Cell.ChainAsync"/>.</summary>
    /// <param name="call">Comes back with the answer.</param>
    /// <param name="limit">Time that one call of a plugin may take.</param>
    /// <param name="copies">The plugins in their order.</param>
    /// <param name="events">Each as JSON.</param>
    /// <param name="goesOn">True if the events have passed other plugins of the chain before.</param>
    /// <param name="ticket">Names the events.</param>
    /// <param name="capturedBy">For each event the install that captured it, or 0; null: none was captured.</param>
    /// <param name="turns">For each event which attempt it is; null: nobody counts.</param>
    public static ReadOnlyMemory<byte> Chain(
        long call, TimeSpan limit, IReadOnlyList<int> copies, IReadOnlyList<ReadOnlyMemory<byte>> events, bool goesOn, long ticket,
        IReadOnlyList<int>? capturedBy, IReadOnlyList<CallTurn>? turns)
    {
        using var frame = new FrameWriter("chain");
        frame.Json.WriteNumber("call", call);
        frame.Json.WriteNumber("limit_ms", (long)limit.TotalMilliseconds);
        frame.Json.WriteBoolean("goes_on", goesOn);
        frame.Json.WriteNumber("ticket", ticket);
        WriteNumbers(frame.Json, "copies", copies);
        if (capturedBy is not null)
            WriteNumbers(frame.Json, "captured_by", capturedBy);
        if (turns is { Count: > 0 })
        {
            WriteNumbers(frame.Json, "attempts", [.. turns.Select(turn => turn.Attempt)]);
            frame.Json.WriteNumber("max_attempts", turns[0].Attempts);
        }

        WriteArray(frame.Json, "events", events);
        return frame.Finish();
    }

    /// <summary>Answers what a plugin asked the host for.</summary>
    /// <param name="request">Number of the request.</param>
    /// <param name="answer">The answer.</param>
    public static ReadOnlyMemory<byte> Reply(long request, HostAnswer answer)
    {
        using var frame = new FrameWriter("reply");
        frame.Json.WriteNumber("req", request);
        if (answer.Error is { } error)
        {
            frame.Json.WriteStartObject("error");
            frame.Json.WriteString("name", error.Name);
            frame.Json.WriteString("message", error.Message);
            frame.Json.WriteEndObject();
        }
        else if (!answer.Json.IsEmpty)
        {
            WriteRaw(frame.Json, "ok", answer.Json);
        }

        return frame.Finish();
    }

    private static void WriteAttachments(Utf8JsonWriter json, IReadOnlyDictionary<string, PluginAttachment> attachments)
    {
        json.WriteStartObject("attachments");
        foreach (var (key, file) in attachments)
        {
            json.WriteStartObject(key);
            json.WriteString("content_type", file.ContentType);
            json.WriteString("file_name", file.FileName);
            json.WriteBase64String("contents", file.Contents.Span);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter json, string name, ReadOnlyMemory<byte> value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value.Span, skipInputValidation: true);
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteRawValue(value.Span, skipInputValidation: true);
        json.WriteEndArray();
    }
}
