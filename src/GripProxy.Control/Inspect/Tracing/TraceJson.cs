using System.Text.Json;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Tracing;
using GripProxy.Control.Http;

namespace GripProxy.Control.Inspect.Tracing;

/// <summary>Traces as JSON (CTL-09, CTL-10). Every method writes members of an object that is open.</summary>
internal static class TraceJson
{
    /// <summary>The trace of one message.</summary>
    public static void Write(Utf8JsonWriter json, TraceRecord record)
    {
        json.WriteString("channel", record.Channel);
        json.WriteString("id", record.Id);
        json.WriteStartArray("steps");
        foreach (var step in record.Steps)
        {
            json.WriteStartObject();
            Write(json, step);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The traces of several messages of one id.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<TraceRecord> records)
    {
        json.WriteStartArray("items");
        foreach (var record in records)
        {
            json.WriteStartObject();
            Write(json, record);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>One step, and whose.</summary>
    public static void Write(Utf8JsonWriter json, string channel, string? id, TraceStep step)
    {
        json.WriteString("channel", channel);
        json.WriteString("id", id);
        Write(json, step);
    }

    private static void Write(Utf8JsonWriter json, TraceStep step)
    {
        json.WriteString("at", JsonTime.Text(step.At));
        json.WriteString("step", step.Kind.Word());
        if (step.Connection is not null)
            json.WriteString("connection", step.Connection);
        if (step.Word is not null)
            json.WriteString(NameOfWord(step.Kind), step.Word);
        if (NameOfNumber(step.Kind) is { } name)
            json.WriteNumber(name, step.Number);
    }

    private static string NameOfWord(TraceStepKind kind) => kind switch
    {
        TraceStepKind.Received => "door",
        TraceStepKind.Waiting => "for",
        TraceStepKind.Released => "why",
        TraceStepKind.Appended => "position",
        TraceStepKind.Filtered => "filter",
        _ => "reason",
    };

    private static string? NameOfNumber(TraceStepKind kind) => kind switch
    {
        TraceStepKind.Received => "size",
        TraceStepKind.Released or TraceStepKind.Written => "after",
        TraceStepKind.Matched or TraceStepKind.More => "count",
        _ => null,
    };
}
